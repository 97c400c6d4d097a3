// @ts-nocheck -- written by hack/schema-checks.ts: do not edit, run `make generate`
import { countCodePoints, type SchemaCheck } from "@agentkeys/common/validator";
export const checkConfig: SchemaCheck = validate10;
const schema11 = {"type":"object","additionalProperties":false,"required":["oidcIssuer","brokerUrl","workerUrl","roleArn","bucket"],"properties":{"listen":{"type":"integer","default":8092,"minimum":0,"maximum":65535},"oidcListen":{"type":"integer","default":8093,"minimum":0,"maximum":65535},"adminListen":{"type":"integer","default":9464,"minimum":0,"maximum":65535},"oidcIssuer":{"type":"string","pattern":"^https://[^/]+$"},"oidcAudience":{"type":"string","default":"sts.amazonaws.com","minLength":1},"allowedClient":{"type":"string","default":"spiffe://agentkeys/creds-worker"},"brokerUrl":{"type":"string","pattern":"^https://[^/]+$"},"workerUrl":{"type":"string","pattern":"^https://[^/]+$"},"chainFile":{"type":"string","default":"/etc/agentkeys/chain/chain.json"},"k3Dir":{"type":"string","default":"/etc/agentkeys/k3"},"legacyDir":{"type":"string","default":""},"migrationWindow":{"type":"boolean","default":true},"oidcKeyFile":{"type":"string","default":"/etc/agentkeys/k2/k2.pem"},"tlsCertFile":{"type":"string","default":"/etc/agentkeys/tls/tls.crt"},"tlsKeyFile":{"type":"string","default":"/etc/agentkeys/tls/tls.key"},"tlsCaFile":{"type":"string","default":"/etc/agentkeys/tls/ca.crt"},"stsEndpoint":{"type":"string","default":"","pattern":"^(https://.+)?$"},"region":{"type":"string","default":"us-east-1","minLength":1},"roleArn":{"type":"string","pattern":"^arn:"},"bucket":{"type":"string","minLength":3},"logLevel":{"type":"string","default":"info","enum":["debug","info","warn","error"]}}};
const func2 = Object.prototype.hasOwnProperty;
const func3 = countCodePoints;
const pattern0 = new RegExp("^https://[^/]+$", "u");
const pattern3 = new RegExp("^(https://.+)?$", "u");
const pattern4 = new RegExp("^arn:", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.listen === undefined){
data.listen = 8092;
}
if(data.oidcListen === undefined){
data.oidcListen = 8093;
}
if(data.adminListen === undefined){
data.adminListen = 9464;
}
if(data.oidcAudience === undefined){
data.oidcAudience = "sts.amazonaws.com";
}
if(data.allowedClient === undefined){
data.allowedClient = "spiffe://agentkeys/creds-worker";
}
if(data.chainFile === undefined){
data.chainFile = "/etc/agentkeys/chain/chain.json";
}
if(data.k3Dir === undefined){
data.k3Dir = "/etc/agentkeys/k3";
}
if(data.legacyDir === undefined){
data.legacyDir = "";
}
if(data.migrationWindow === undefined){
data.migrationWindow = true;
}
if(data.oidcKeyFile === undefined){
data.oidcKeyFile = "/etc/agentkeys/k2/k2.pem";
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
if(data.stsEndpoint === undefined){
data.stsEndpoint = "";
}
if(data.region === undefined){
data.region = "us-east-1";
}
if(data.logLevel === undefined){
data.logLevel = "info";
}
if(data.oidcIssuer === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "oidcIssuer"},message:"must have required property '"+"oidcIssuer"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.brokerUrl === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "brokerUrl"},message:"must have required property '"+"brokerUrl"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.workerUrl === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "workerUrl"},message:"must have required property '"+"workerUrl"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.roleArn === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "roleArn"},message:"must have required property '"+"roleArn"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.bucket === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "bucket"},message:"must have required property '"+"bucket"+"'"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema11.properties, key0))){
const err5 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
let data0 = data.listen;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
const err6 = {instancePath:instancePath+"/listen",schemaPath:"#/properties/listen/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 65535 || isNaN(data0)){
const err7 = {instancePath:instancePath+"/listen",schemaPath:"#/properties/listen/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data0 < 0 || isNaN(data0)){
const err8 = {instancePath:instancePath+"/listen",schemaPath:"#/properties/listen/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
let data1 = data.oidcListen;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
const err9 = {instancePath:instancePath+"/oidcListen",schemaPath:"#/properties/oidcListen/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 65535 || isNaN(data1)){
const err10 = {instancePath:instancePath+"/oidcListen",schemaPath:"#/properties/oidcListen/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data1 < 0 || isNaN(data1)){
const err11 = {instancePath:instancePath+"/oidcListen",schemaPath:"#/properties/oidcListen/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
let data2 = data.adminListen;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
const err12 = {instancePath:instancePath+"/adminListen",schemaPath:"#/properties/adminListen/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 65535 || isNaN(data2)){
const err13 = {instancePath:instancePath+"/adminListen",schemaPath:"#/properties/adminListen/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data2 < 0 || isNaN(data2)){
const err14 = {instancePath:instancePath+"/adminListen",schemaPath:"#/properties/adminListen/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.oidcIssuer !== undefined){
let data3 = data.oidcIssuer;
if(typeof data3 === "string"){
if(!pattern0.test(data3)){
const err15 = {instancePath:instancePath+"/oidcIssuer",schemaPath:"#/properties/oidcIssuer/pattern",keyword:"pattern",params:{pattern: "^https://[^/]+$"},message:"must match pattern \""+"^https://[^/]+$"+"\""};
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
const err16 = {instancePath:instancePath+"/oidcIssuer",schemaPath:"#/properties/oidcIssuer/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
let data4 = data.oidcAudience;
if(typeof data4 === "string"){
if(func3(data4) < 1){
const err17 = {instancePath:instancePath+"/oidcAudience",schemaPath:"#/properties/oidcAudience/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/oidcAudience",schemaPath:"#/properties/oidcAudience/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(typeof data.allowedClient !== "string"){
const err19 = {instancePath:instancePath+"/allowedClient",schemaPath:"#/properties/allowedClient/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(data.brokerUrl !== undefined){
let data6 = data.brokerUrl;
if(typeof data6 === "string"){
if(!pattern0.test(data6)){
const err20 = {instancePath:instancePath+"/brokerUrl",schemaPath:"#/properties/brokerUrl/pattern",keyword:"pattern",params:{pattern: "^https://[^/]+$"},message:"must match pattern \""+"^https://[^/]+$"+"\""};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
else {
const err21 = {instancePath:instancePath+"/brokerUrl",schemaPath:"#/properties/brokerUrl/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data.workerUrl !== undefined){
let data7 = data.workerUrl;
if(typeof data7 === "string"){
if(!pattern0.test(data7)){
const err22 = {instancePath:instancePath+"/workerUrl",schemaPath:"#/properties/workerUrl/pattern",keyword:"pattern",params:{pattern: "^https://[^/]+$"},message:"must match pattern \""+"^https://[^/]+$"+"\""};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/workerUrl",schemaPath:"#/properties/workerUrl/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(typeof data.chainFile !== "string"){
const err24 = {instancePath:instancePath+"/chainFile",schemaPath:"#/properties/chainFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(typeof data.k3Dir !== "string"){
const err25 = {instancePath:instancePath+"/k3Dir",schemaPath:"#/properties/k3Dir/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(typeof data.legacyDir !== "string"){
const err26 = {instancePath:instancePath+"/legacyDir",schemaPath:"#/properties/legacyDir/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if(typeof data.migrationWindow !== "boolean"){
const err27 = {instancePath:instancePath+"/migrationWindow",schemaPath:"#/properties/migrationWindow/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
if(typeof data.oidcKeyFile !== "string"){
const err28 = {instancePath:instancePath+"/oidcKeyFile",schemaPath:"#/properties/oidcKeyFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if(typeof data.tlsCertFile !== "string"){
const err29 = {instancePath:instancePath+"/tlsCertFile",schemaPath:"#/properties/tlsCertFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
if(typeof data.tlsKeyFile !== "string"){
const err30 = {instancePath:instancePath+"/tlsKeyFile",schemaPath:"#/properties/tlsKeyFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
if(typeof data.tlsCaFile !== "string"){
const err31 = {instancePath:instancePath+"/tlsCaFile",schemaPath:"#/properties/tlsCaFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
let data16 = data.stsEndpoint;
if(typeof data16 === "string"){
if(!pattern3.test(data16)){
const err32 = {instancePath:instancePath+"/stsEndpoint",schemaPath:"#/properties/stsEndpoint/pattern",keyword:"pattern",params:{pattern: "^(https://.+)?$"},message:"must match pattern \""+"^(https://.+)?$"+"\""};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
else {
const err33 = {instancePath:instancePath+"/stsEndpoint",schemaPath:"#/properties/stsEndpoint/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
let data17 = data.region;
if(typeof data17 === "string"){
if(func3(data17) < 1){
const err34 = {instancePath:instancePath+"/region",schemaPath:"#/properties/region/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
else {
const err35 = {instancePath:instancePath+"/region",schemaPath:"#/properties/region/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
if(data.roleArn !== undefined){
let data18 = data.roleArn;
if(typeof data18 === "string"){
if(!pattern4.test(data18)){
const err36 = {instancePath:instancePath+"/roleArn",schemaPath:"#/properties/roleArn/pattern",keyword:"pattern",params:{pattern: "^arn:"},message:"must match pattern \""+"^arn:"+"\""};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
else {
const err37 = {instancePath:instancePath+"/roleArn",schemaPath:"#/properties/roleArn/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
if(data.bucket !== undefined){
let data19 = data.bucket;
if(typeof data19 === "string"){
if(func3(data19) < 3){
const err38 = {instancePath:instancePath+"/bucket",schemaPath:"#/properties/bucket/minLength",keyword:"minLength",params:{limit: 3},message:"must NOT have fewer than 3 characters"};
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
const err39 = {instancePath:instancePath+"/bucket",schemaPath:"#/properties/bucket/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
let data20 = data.logLevel;
if(typeof data20 !== "string"){
const err40 = {instancePath:instancePath+"/logLevel",schemaPath:"#/properties/logLevel/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(!((((data20 === "debug") || (data20 === "info")) || (data20 === "warn")) || (data20 === "error"))){
const err41 = {instancePath:instancePath+"/logLevel",schemaPath:"#/properties/logLevel/enum",keyword:"enum",params:{allowedValues: schema11.properties.logLevel.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
else {
const err42 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}
