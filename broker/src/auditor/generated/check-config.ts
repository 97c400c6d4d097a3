// @ts-nocheck -- written by hack/schema-checks.ts: do not edit, run `make generate`
import { countCodePoints, type SchemaCheck } from "@agentkeys/common/validator";
export const checkConfig: SchemaCheck = validate10;
const schema11 = {"type":"object","additionalProperties":false,"required":["auditBucket"],"properties":{"adminListen":{"type":"integer","default":9464,"minimum":0,"maximum":65535},"chainFile":{"type":"string","default":"/etc/agentkeys/chain/chain.json"},"walletFile":{"type":"string","default":"/etc/agentkeys/wallet/privateKey"},"caFile":{"type":"string","default":"/etc/agentkeys/trust/ca.crt"},"rootIntervalSeconds":{"type":"integer","default":180,"minimum":1,"maximum":86400},"auditBucket":{"type":"string","default":""},"auditEndpoint":{"type":"string","default":"","pattern":"^(https?://.+)?$"},"auditForcePathStyle":{"type":"boolean","default":false},"auditRegion":{"type":"string","default":"us-east-1","minLength":1},"auditCredentialsFile":{"type":"string","default":""},"logLevel":{"type":"string","default":"info","enum":["debug","info","warn","error"]}}};
const func2 = Object.prototype.hasOwnProperty;
const func3 = countCodePoints;
const pattern0 = new RegExp("^(https?://.+)?$", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.adminListen === undefined){
data.adminListen = 9464;
}
if(data.chainFile === undefined){
data.chainFile = "/etc/agentkeys/chain/chain.json";
}
if(data.walletFile === undefined){
data.walletFile = "/etc/agentkeys/wallet/privateKey";
}
if(data.caFile === undefined){
data.caFile = "/etc/agentkeys/trust/ca.crt";
}
if(data.rootIntervalSeconds === undefined){
data.rootIntervalSeconds = 180;
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
if(data.logLevel === undefined){
data.logLevel = "info";
}
if(data.auditBucket === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "auditBucket"},message:"must have required property '"+"auditBucket"+"'"};
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
let data0 = data.adminListen;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
const err2 = {instancePath:instancePath+"/adminListen",schemaPath:"#/properties/adminListen/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
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
const err3 = {instancePath:instancePath+"/adminListen",schemaPath:"#/properties/adminListen/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data0 < 0 || isNaN(data0)){
const err4 = {instancePath:instancePath+"/adminListen",schemaPath:"#/properties/adminListen/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(typeof data.chainFile !== "string"){
const err5 = {instancePath:instancePath+"/chainFile",schemaPath:"#/properties/chainFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(typeof data.walletFile !== "string"){
const err6 = {instancePath:instancePath+"/walletFile",schemaPath:"#/properties/walletFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(typeof data.caFile !== "string"){
const err7 = {instancePath:instancePath+"/caFile",schemaPath:"#/properties/caFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
let data4 = data.rootIntervalSeconds;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
const err8 = {instancePath:instancePath+"/rootIntervalSeconds",schemaPath:"#/properties/rootIntervalSeconds/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 86400 || isNaN(data4)){
const err9 = {instancePath:instancePath+"/rootIntervalSeconds",schemaPath:"#/properties/rootIntervalSeconds/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400},message:"must be <= 86400"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data4 < 1 || isNaN(data4)){
const err10 = {instancePath:instancePath+"/rootIntervalSeconds",schemaPath:"#/properties/rootIntervalSeconds/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(typeof data.auditBucket !== "string"){
const err11 = {instancePath:instancePath+"/auditBucket",schemaPath:"#/properties/auditBucket/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
let data6 = data.auditEndpoint;
if(typeof data6 === "string"){
if(!pattern0.test(data6)){
const err12 = {instancePath:instancePath+"/auditEndpoint",schemaPath:"#/properties/auditEndpoint/pattern",keyword:"pattern",params:{pattern: "^(https?://.+)?$"},message:"must match pattern \""+"^(https?://.+)?$"+"\""};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/auditEndpoint",schemaPath:"#/properties/auditEndpoint/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(typeof data.auditForcePathStyle !== "boolean"){
const err14 = {instancePath:instancePath+"/auditForcePathStyle",schemaPath:"#/properties/auditForcePathStyle/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
let data8 = data.auditRegion;
if(typeof data8 === "string"){
if(func3(data8) < 1){
const err15 = {instancePath:instancePath+"/auditRegion",schemaPath:"#/properties/auditRegion/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/auditRegion",schemaPath:"#/properties/auditRegion/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(typeof data.auditCredentialsFile !== "string"){
const err17 = {instancePath:instancePath+"/auditCredentialsFile",schemaPath:"#/properties/auditCredentialsFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
let data10 = data.logLevel;
if(typeof data10 !== "string"){
const err18 = {instancePath:instancePath+"/logLevel",schemaPath:"#/properties/logLevel/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(!((((data10 === "debug") || (data10 === "info")) || (data10 === "warn")) || (data10 === "error"))){
const err19 = {instancePath:instancePath+"/logLevel",schemaPath:"#/properties/logLevel/enum",keyword:"enum",params:{allowedValues: schema11.properties.logLevel.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}
