// @ts-nocheck -- written by hack/schema-checks.ts: do not edit, run `make generate`
import { countCodePoints, type SchemaCheck } from "@agentkeys/common/validator";
export const checkConfig: SchemaCheck = validate10;
const schema11 = {"type":"object","additionalProperties":false,"required":["publicUrl"],"properties":{"listen":{"type":"integer","default":8091,"minimum":0,"maximum":65535},"adminListen":{"type":"integer","default":9464,"minimum":0,"maximum":65535},"publicUrl":{"type":"string","pattern":"^https://[^/]+$"},"chainFile":{"type":"string","default":"/etc/agentkeys/chain/chain.json"},"capKeyFile":{"type":"string","default":"/etc/agentkeys/k1/k1.pem"},"tlsCertFile":{"type":"string","default":"/etc/agentkeys/tls/tls.crt"},"tlsKeyFile":{"type":"string","default":"/etc/agentkeys/tls/tls.key"},"tlsCaFile":{"type":"string","default":"/etc/agentkeys/tls/ca.crt"},"heartbeatMs":{"type":"integer","default":15000,"minimum":100,"maximum":30000},"chainPollMs":{"type":"integer","default":500,"minimum":50,"maximum":60000},"recheckMs":{"type":"integer","default":30000,"minimum":500,"maximum":300000},"ledgerUrlFile":{"type":"string","default":""},"ledgerFile":{"type":"string","default":"/var/lib/agentkeys/ledger.db"},"leaseMs":{"type":"integer","default":120000,"minimum":1000,"maximum":900000},"auditBucket":{"type":"string","default":""},"auditEndpoint":{"type":"string","default":"","pattern":"^(https?://.+)?$"},"auditForcePathStyle":{"type":"boolean","default":false},"auditRegion":{"type":"string","default":"us-east-1","minLength":1},"auditCredentialsFile":{"type":"string","default":""},"auditClient":{"type":"string","default":"spiffe://agentkeys/creds-worker"},"logLevel":{"type":"string","default":"info","enum":["debug","info","warn","error"]}}};
const func2 = Object.prototype.hasOwnProperty;
const func3 = countCodePoints;
const pattern0 = new RegExp("^https://[^/]+$", "u");
const pattern1 = new RegExp("^(https?://.+)?$", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.listen === undefined){
data.listen = 8091;
}
if(data.adminListen === undefined){
data.adminListen = 9464;
}
if(data.chainFile === undefined){
data.chainFile = "/etc/agentkeys/chain/chain.json";
}
if(data.capKeyFile === undefined){
data.capKeyFile = "/etc/agentkeys/k1/k1.pem";
}
if(data.tlsCertFile === undefined){
data.tlsCertFile = "/etc/agentkeys/tls/tls.crt";
}
if(data.tlsKeyFile === undefined){
data.tlsKeyFile = "/etc/agentkeys/tls/tls.key";
}
if(data.tlsCaFile === undefined){
data.tlsCaFile = "/etc/agentkeys/tls/ca.crt";
}
if(data.heartbeatMs === undefined){
data.heartbeatMs = 15000;
}
if(data.chainPollMs === undefined){
data.chainPollMs = 500;
}
if(data.recheckMs === undefined){
data.recheckMs = 30000;
}
if(data.ledgerUrlFile === undefined){
data.ledgerUrlFile = "";
}
if(data.ledgerFile === undefined){
data.ledgerFile = "/var/lib/agentkeys/ledger.db";
}
if(data.leaseMs === undefined){
data.leaseMs = 120000;
}
if(data.auditBucket === undefined){
data.auditBucket = "";
}
if(data.auditEndpoint === undefined){
data.auditEndpoint = "";
}
if(data.auditForcePathStyle === undefined){
data.auditForcePathStyle = false;
}
if(data.auditRegion === undefined){
data.auditRegion = "us-east-1";
}
if(data.auditCredentialsFile === undefined){
data.auditCredentialsFile = "";
}
if(data.auditClient === undefined){
data.auditClient = "spiffe://agentkeys/creds-worker";
}
if(data.logLevel === undefined){
data.logLevel = "info";
}
if(data.publicUrl === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "publicUrl"},message:"must have required property '"+"publicUrl"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema11.properties, key0))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
let data0 = data.listen;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
const err2 = {instancePath:instancePath+"/listen",schemaPath:"#/properties/listen/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 65535 || isNaN(data0)){
const err3 = {instancePath:instancePath+"/listen",schemaPath:"#/properties/listen/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data0 < 0 || isNaN(data0)){
const err4 = {instancePath:instancePath+"/listen",schemaPath:"#/properties/listen/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
let data1 = data.adminListen;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
const err5 = {instancePath:instancePath+"/adminListen",schemaPath:"#/properties/adminListen/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 65535 || isNaN(data1)){
const err6 = {instancePath:instancePath+"/adminListen",schemaPath:"#/properties/adminListen/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data1 < 0 || isNaN(data1)){
const err7 = {instancePath:instancePath+"/adminListen",schemaPath:"#/properties/adminListen/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.publicUrl !== undefined){
let data2 = data.publicUrl;
if(typeof data2 === "string"){
if(!pattern0.test(data2)){
const err8 = {instancePath:instancePath+"/publicUrl",schemaPath:"#/properties/publicUrl/pattern",keyword:"pattern",params:{pattern: "^https://[^/]+$"},message:"must match pattern \""+"^https://[^/]+$"+"\""};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/publicUrl",schemaPath:"#/properties/publicUrl/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(typeof data.chainFile !== "string"){
const err10 = {instancePath:instancePath+"/chainFile",schemaPath:"#/properties/chainFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(typeof data.capKeyFile !== "string"){
const err11 = {instancePath:instancePath+"/capKeyFile",schemaPath:"#/properties/capKeyFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(typeof data.tlsCertFile !== "string"){
const err12 = {instancePath:instancePath+"/tlsCertFile",schemaPath:"#/properties/tlsCertFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(typeof data.tlsKeyFile !== "string"){
const err13 = {instancePath:instancePath+"/tlsKeyFile",schemaPath:"#/properties/tlsKeyFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(typeof data.tlsCaFile !== "string"){
const err14 = {instancePath:instancePath+"/tlsCaFile",schemaPath:"#/properties/tlsCaFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
let data8 = data.heartbeatMs;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
const err15 = {instancePath:instancePath+"/heartbeatMs",schemaPath:"#/properties/heartbeatMs/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 30000 || isNaN(data8)){
const err16 = {instancePath:instancePath+"/heartbeatMs",schemaPath:"#/properties/heartbeatMs/maximum",keyword:"maximum",params:{comparison: "<=", limit: 30000},message:"must be <= 30000"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data8 < 100 || isNaN(data8)){
const err17 = {instancePath:instancePath+"/heartbeatMs",schemaPath:"#/properties/heartbeatMs/minimum",keyword:"minimum",params:{comparison: ">=", limit: 100},message:"must be >= 100"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
let data9 = data.chainPollMs;
if(!(((typeof data9 == "number") && (!(data9 % 1) && !isNaN(data9))) && (isFinite(data9)))){
const err18 = {instancePath:instancePath+"/chainPollMs",schemaPath:"#/properties/chainPollMs/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 > 60000 || isNaN(data9)){
const err19 = {instancePath:instancePath+"/chainPollMs",schemaPath:"#/properties/chainPollMs/maximum",keyword:"maximum",params:{comparison: "<=", limit: 60000},message:"must be <= 60000"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(data9 < 50 || isNaN(data9)){
const err20 = {instancePath:instancePath+"/chainPollMs",schemaPath:"#/properties/chainPollMs/minimum",keyword:"minimum",params:{comparison: ">=", limit: 50},message:"must be >= 50"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
let data10 = data.recheckMs;
if(!(((typeof data10 == "number") && (!(data10 % 1) && !isNaN(data10))) && (isFinite(data10)))){
const err21 = {instancePath:instancePath+"/recheckMs",schemaPath:"#/properties/recheckMs/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 > 300000 || isNaN(data10)){
const err22 = {instancePath:instancePath+"/recheckMs",schemaPath:"#/properties/recheckMs/maximum",keyword:"maximum",params:{comparison: "<=", limit: 300000},message:"must be <= 300000"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(data10 < 500 || isNaN(data10)){
const err23 = {instancePath:instancePath+"/recheckMs",schemaPath:"#/properties/recheckMs/minimum",keyword:"minimum",params:{comparison: ">=", limit: 500},message:"must be >= 500"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(typeof data.ledgerUrlFile !== "string"){
const err24 = {instancePath:instancePath+"/ledgerUrlFile",schemaPath:"#/properties/ledgerUrlFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(typeof data.ledgerFile !== "string"){
const err25 = {instancePath:instancePath+"/ledgerFile",schemaPath:"#/properties/ledgerFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
let data13 = data.leaseMs;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
const err26 = {instancePath:instancePath+"/leaseMs",schemaPath:"#/properties/leaseMs/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 > 900000 || isNaN(data13)){
const err27 = {instancePath:instancePath+"/leaseMs",schemaPath:"#/properties/leaseMs/maximum",keyword:"maximum",params:{comparison: "<=", limit: 900000},message:"must be <= 900000"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
if(data13 < 1000 || isNaN(data13)){
const err28 = {instancePath:instancePath+"/leaseMs",schemaPath:"#/properties/leaseMs/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1000},message:"must be >= 1000"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(typeof data.auditBucket !== "string"){
const err29 = {instancePath:instancePath+"/auditBucket",schemaPath:"#/properties/auditBucket/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
let data15 = data.auditEndpoint;
if(typeof data15 === "string"){
if(!pattern1.test(data15)){
const err30 = {instancePath:instancePath+"/auditEndpoint",schemaPath:"#/properties/auditEndpoint/pattern",keyword:"pattern",params:{pattern: "^(https?://.+)?$"},message:"must match pattern \""+"^(https?://.+)?$"+"\""};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
else {
const err31 = {instancePath:instancePath+"/auditEndpoint",schemaPath:"#/properties/auditEndpoint/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if(typeof data.auditForcePathStyle !== "boolean"){
const err32 = {instancePath:instancePath+"/auditForcePathStyle",schemaPath:"#/properties/auditForcePathStyle/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
let data17 = data.auditRegion;
if(typeof data17 === "string"){
if(func3(data17) < 1){
const err33 = {instancePath:instancePath+"/auditRegion",schemaPath:"#/properties/auditRegion/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
else {
const err34 = {instancePath:instancePath+"/auditRegion",schemaPath:"#/properties/auditRegion/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
if(typeof data.auditCredentialsFile !== "string"){
const err35 = {instancePath:instancePath+"/auditCredentialsFile",schemaPath:"#/properties/auditCredentialsFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
if(typeof data.auditClient !== "string"){
const err36 = {instancePath:instancePath+"/auditClient",schemaPath:"#/properties/auditClient/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
let data20 = data.logLevel;
if(typeof data20 !== "string"){
const err37 = {instancePath:instancePath+"/logLevel",schemaPath:"#/properties/logLevel/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(!((((data20 === "debug") || (data20 === "info")) || (data20 === "warn")) || (data20 === "error"))){
const err38 = {instancePath:instancePath+"/logLevel",schemaPath:"#/properties/logLevel/enum",keyword:"enum",params:{allowedValues: schema11.properties.logLevel.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
else {
const err39 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}
