// @ts-nocheck -- written by hack/schema-checks.ts: do not edit, run `make generate`
import { countCodePoints, type SchemaCheck } from "@agentkeys/common/validator";
export const checkConfig: SchemaCheck = validate10;
const schema11 = {"type":"object","additionalProperties":false,"required":["namespace","deviceNamespace","podName","brokerUrl","workerUrl","publicUrl"],"properties":{"listen":{"type":"integer","default":8443,"minimum":0,"maximum":65535},"adminListen":{"type":"integer","default":9464,"minimum":0,"maximum":65535},"namespace":{"type":"string","minLength":1},"deviceNamespace":{"type":"string","minLength":1},"podName":{"type":"string","minLength":1},"clusterName":{"type":"string","default":"default"},"evaluation":{"type":"boolean","default":false},"rpcUrl":{"type":"string","default":"http://agentkeys-chain:8545"},"chainFile":{"type":"string","default":"/etc/agentkeys/chain/chain.json"},"walletFile":{"type":"string","default":"/etc/agentkeys/wallet/privateKey"},"walletAddress":{"type":"string","pattern":"^(0x[0-9a-fA-F]{40})?$","default":""},"auditorKeyFile":{"type":"string","default":""},"brokerUrl":{"type":"string","pattern":"^https://[^/]+$"},"workerUrl":{"type":"string","pattern":"^https://[^/]+$"},"publicUrl":{"type":"string","pattern":"^https://[^/]+$"},"kubeconfig":{"type":"string","default":""},"concurrency":{"type":"integer","default":16,"minimum":1,"maximum":64},"logLevel":{"type":"string","default":"info","enum":["debug","info","warn","error"]}}};
const func2 = Object.prototype.hasOwnProperty;
const func3 = countCodePoints;
const pattern0 = new RegExp("^(0x[0-9a-fA-F]{40})?$", "u");
const pattern1 = new RegExp("^https://[^/]+$", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.listen === undefined){
data.listen = 8443;
}
if(data.adminListen === undefined){
data.adminListen = 9464;
}
if(data.clusterName === undefined){
data.clusterName = "default";
}
if(data.evaluation === undefined){
data.evaluation = false;
}
if(data.rpcUrl === undefined){
data.rpcUrl = "http://agentkeys-chain:8545";
}
if(data.chainFile === undefined){
data.chainFile = "/etc/agentkeys/chain/chain.json";
}
if(data.walletFile === undefined){
data.walletFile = "/etc/agentkeys/wallet/privateKey";
}
if(data.walletAddress === undefined){
data.walletAddress = "";
}
if(data.auditorKeyFile === undefined){
data.auditorKeyFile = "";
}
if(data.kubeconfig === undefined){
data.kubeconfig = "";
}
if(data.concurrency === undefined){
data.concurrency = 16;
}
if(data.logLevel === undefined){
data.logLevel = "info";
}
if(data.namespace === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "namespace"},message:"must have required property '"+"namespace"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.deviceNamespace === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "deviceNamespace"},message:"must have required property '"+"deviceNamespace"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.podName === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "podName"},message:"must have required property '"+"podName"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.brokerUrl === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "brokerUrl"},message:"must have required property '"+"brokerUrl"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.workerUrl === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "workerUrl"},message:"must have required property '"+"workerUrl"+"'"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.publicUrl === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "publicUrl"},message:"must have required property '"+"publicUrl"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema11.properties, key0))){
const err6 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
let data0 = data.listen;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
const err7 = {instancePath:instancePath+"/listen",schemaPath:"#/properties/listen/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 65535 || isNaN(data0)){
const err8 = {instancePath:instancePath+"/listen",schemaPath:"#/properties/listen/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data0 < 0 || isNaN(data0)){
const err9 = {instancePath:instancePath+"/listen",schemaPath:"#/properties/listen/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
let data1 = data.adminListen;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
const err10 = {instancePath:instancePath+"/adminListen",schemaPath:"#/properties/adminListen/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 65535 || isNaN(data1)){
const err11 = {instancePath:instancePath+"/adminListen",schemaPath:"#/properties/adminListen/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data1 < 0 || isNaN(data1)){
const err12 = {instancePath:instancePath+"/adminListen",schemaPath:"#/properties/adminListen/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.namespace !== undefined){
let data2 = data.namespace;
if(typeof data2 === "string"){
if(func3(data2) < 1){
const err13 = {instancePath:instancePath+"/namespace",schemaPath:"#/properties/namespace/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/namespace",schemaPath:"#/properties/namespace/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.deviceNamespace !== undefined){
let data3 = data.deviceNamespace;
if(typeof data3 === "string"){
if(func3(data3) < 1){
const err15 = {instancePath:instancePath+"/deviceNamespace",schemaPath:"#/properties/deviceNamespace/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
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
const err16 = {instancePath:instancePath+"/deviceNamespace",schemaPath:"#/properties/deviceNamespace/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data.podName !== undefined){
let data4 = data.podName;
if(typeof data4 === "string"){
if(func3(data4) < 1){
const err17 = {instancePath:instancePath+"/podName",schemaPath:"#/properties/podName/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
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
const err18 = {instancePath:instancePath+"/podName",schemaPath:"#/properties/podName/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(typeof data.clusterName !== "string"){
const err19 = {instancePath:instancePath+"/clusterName",schemaPath:"#/properties/clusterName/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(typeof data.evaluation !== "boolean"){
const err20 = {instancePath:instancePath+"/evaluation",schemaPath:"#/properties/evaluation/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(typeof data.rpcUrl !== "string"){
const err21 = {instancePath:instancePath+"/rpcUrl",schemaPath:"#/properties/rpcUrl/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(typeof data.chainFile !== "string"){
const err22 = {instancePath:instancePath+"/chainFile",schemaPath:"#/properties/chainFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(typeof data.walletFile !== "string"){
const err23 = {instancePath:instancePath+"/walletFile",schemaPath:"#/properties/walletFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
let data10 = data.walletAddress;
if(typeof data10 === "string"){
if(!pattern0.test(data10)){
const err24 = {instancePath:instancePath+"/walletAddress",schemaPath:"#/properties/walletAddress/pattern",keyword:"pattern",params:{pattern: "^(0x[0-9a-fA-F]{40})?$"},message:"must match pattern \""+"^(0x[0-9a-fA-F]{40})?$"+"\""};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
else {
const err25 = {instancePath:instancePath+"/walletAddress",schemaPath:"#/properties/walletAddress/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(typeof data.auditorKeyFile !== "string"){
const err26 = {instancePath:instancePath+"/auditorKeyFile",schemaPath:"#/properties/auditorKeyFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if(data.brokerUrl !== undefined){
let data12 = data.brokerUrl;
if(typeof data12 === "string"){
if(!pattern1.test(data12)){
const err27 = {instancePath:instancePath+"/brokerUrl",schemaPath:"#/properties/brokerUrl/pattern",keyword:"pattern",params:{pattern: "^https://[^/]+$"},message:"must match pattern \""+"^https://[^/]+$"+"\""};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/brokerUrl",schemaPath:"#/properties/brokerUrl/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data.workerUrl !== undefined){
let data13 = data.workerUrl;
if(typeof data13 === "string"){
if(!pattern1.test(data13)){
const err29 = {instancePath:instancePath+"/workerUrl",schemaPath:"#/properties/workerUrl/pattern",keyword:"pattern",params:{pattern: "^https://[^/]+$"},message:"must match pattern \""+"^https://[^/]+$"+"\""};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
else {
const err30 = {instancePath:instancePath+"/workerUrl",schemaPath:"#/properties/workerUrl/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data.publicUrl !== undefined){
let data14 = data.publicUrl;
if(typeof data14 === "string"){
if(!pattern1.test(data14)){
const err31 = {instancePath:instancePath+"/publicUrl",schemaPath:"#/properties/publicUrl/pattern",keyword:"pattern",params:{pattern: "^https://[^/]+$"},message:"must match pattern \""+"^https://[^/]+$"+"\""};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
else {
const err32 = {instancePath:instancePath+"/publicUrl",schemaPath:"#/properties/publicUrl/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(typeof data.kubeconfig !== "string"){
const err33 = {instancePath:instancePath+"/kubeconfig",schemaPath:"#/properties/kubeconfig/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
let data16 = data.concurrency;
if(!(((typeof data16 == "number") && (!(data16 % 1) && !isNaN(data16))) && (isFinite(data16)))){
const err34 = {instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
if((typeof data16 == "number") && (isFinite(data16))){
if(data16 > 64 || isNaN(data16)){
const err35 = {instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/maximum",keyword:"maximum",params:{comparison: "<=", limit: 64},message:"must be <= 64"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
if(data16 < 1 || isNaN(data16)){
const err36 = {instancePath:instancePath+"/concurrency",schemaPath:"#/properties/concurrency/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
let data17 = data.logLevel;
if(typeof data17 !== "string"){
const err37 = {instancePath:instancePath+"/logLevel",schemaPath:"#/properties/logLevel/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(!((((data17 === "debug") || (data17 === "info")) || (data17 === "warn")) || (data17 === "error"))){
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
