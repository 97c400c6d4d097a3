// @ts-nocheck -- written by hack/schema-checks.ts: do not edit, run `make generate`
import { countCodePoints, type SchemaCheck } from "@agentkeys/common/validator";
export const checkConfig: SchemaCheck = validate10;
const schema11 = {"type":"object","additionalProperties":false,"required":["operatorUrl","brokerUrl","workerUrl","trustBundle","placeholder"],"properties":{"listen":{"type":"integer","default":9090,"minimum":0,"maximum":65535},"adminListen":{"type":"integer","default":9091,"minimum":0,"maximum":65535},"adminHost":{"type":"string","default":"0.0.0.0"},"operatorUrl":{"type":"string","pattern":"^https://[^/]+$"},"brokerUrl":{"type":"string","pattern":"^https://[^/]+$"},"workerUrl":{"type":"string","pattern":"^https://[^/]+$"},"tokenFile":{"type":"string","default":"/var/run/agentkeys/token"},"trustBundle":{"type":"string","minLength":1},"placeholder":{"type":"string","minLength":8},"mtlsListen":{"type":"integer","minimum":0,"maximum":65535},"mtlsHost":{"type":"string","default":"0.0.0.0","minLength":1},"mtlsNames":{"type":"string","default":"","pattern":"^([A-Za-z0-9.:\\[\\]-]+(,[A-Za-z0-9.:\\[\\]-]+)*)?$"},"workloadApi":{"type":"string","default":"","pattern":"^(unix:///.+)?$"},"startWaitMs":{"type":"integer","default":15000,"minimum":0,"maximum":60000},"drainMs":{"type":"integer","default":20000,"minimum":0,"maximum":600000},"stateDir":{"type":"string","default":""},"auditBatchMs":{"type":"integer","default":5000,"minimum":50,"maximum":300000},"logLevel":{"type":"string","default":"info","enum":["debug","info","warn","error"]}}};
const func2 = Object.prototype.hasOwnProperty;
const func3 = countCodePoints;
const pattern0 = new RegExp("^https://[^/]+$", "u");
const pattern3 = new RegExp("^([A-Za-z0-9.:\\[\\]-]+(,[A-Za-z0-9.:\\[\\]-]+)*)?$", "u");
const pattern4 = new RegExp("^(unix:///.+)?$", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.listen === undefined){
data.listen = 9090;
}
if(data.adminListen === undefined){
data.adminListen = 9091;
}
if(data.adminHost === undefined){
data.adminHost = "0.0.0.0";
}
if(data.tokenFile === undefined){
data.tokenFile = "/var/run/agentkeys/token";
}
if(data.mtlsHost === undefined){
data.mtlsHost = "0.0.0.0";
}
if(data.mtlsNames === undefined){
data.mtlsNames = "";
}
if(data.workloadApi === undefined){
data.workloadApi = "";
}
if(data.startWaitMs === undefined){
data.startWaitMs = 15000;
}
if(data.drainMs === undefined){
data.drainMs = 20000;
}
if(data.stateDir === undefined){
data.stateDir = "";
}
if(data.auditBatchMs === undefined){
data.auditBatchMs = 5000;
}
if(data.logLevel === undefined){
data.logLevel = "info";
}
if(data.operatorUrl === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "operatorUrl"},message:"must have required property '"+"operatorUrl"+"'"};
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
if(data.trustBundle === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "trustBundle"},message:"must have required property '"+"trustBundle"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.placeholder === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "placeholder"},message:"must have required property '"+"placeholder"+"'"};
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
let data1 = data.adminListen;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
const err9 = {instancePath:instancePath+"/adminListen",schemaPath:"#/properties/adminListen/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
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
const err10 = {instancePath:instancePath+"/adminListen",schemaPath:"#/properties/adminListen/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data1 < 0 || isNaN(data1)){
const err11 = {instancePath:instancePath+"/adminListen",schemaPath:"#/properties/adminListen/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(typeof data.adminHost !== "string"){
const err12 = {instancePath:instancePath+"/adminHost",schemaPath:"#/properties/adminHost/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data.operatorUrl !== undefined){
let data3 = data.operatorUrl;
if(typeof data3 === "string"){
if(!pattern0.test(data3)){
const err13 = {instancePath:instancePath+"/operatorUrl",schemaPath:"#/properties/operatorUrl/pattern",keyword:"pattern",params:{pattern: "^https://[^/]+$"},message:"must match pattern \""+"^https://[^/]+$"+"\""};
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
const err14 = {instancePath:instancePath+"/operatorUrl",schemaPath:"#/properties/operatorUrl/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.brokerUrl !== undefined){
let data4 = data.brokerUrl;
if(typeof data4 === "string"){
if(!pattern0.test(data4)){
const err15 = {instancePath:instancePath+"/brokerUrl",schemaPath:"#/properties/brokerUrl/pattern",keyword:"pattern",params:{pattern: "^https://[^/]+$"},message:"must match pattern \""+"^https://[^/]+$"+"\""};
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
const err16 = {instancePath:instancePath+"/brokerUrl",schemaPath:"#/properties/brokerUrl/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data.workerUrl !== undefined){
let data5 = data.workerUrl;
if(typeof data5 === "string"){
if(!pattern0.test(data5)){
const err17 = {instancePath:instancePath+"/workerUrl",schemaPath:"#/properties/workerUrl/pattern",keyword:"pattern",params:{pattern: "^https://[^/]+$"},message:"must match pattern \""+"^https://[^/]+$"+"\""};
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
const err18 = {instancePath:instancePath+"/workerUrl",schemaPath:"#/properties/workerUrl/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(typeof data.tokenFile !== "string"){
const err19 = {instancePath:instancePath+"/tokenFile",schemaPath:"#/properties/tokenFile/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(data.trustBundle !== undefined){
let data7 = data.trustBundle;
if(typeof data7 === "string"){
if(func3(data7) < 1){
const err20 = {instancePath:instancePath+"/trustBundle",schemaPath:"#/properties/trustBundle/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
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
const err21 = {instancePath:instancePath+"/trustBundle",schemaPath:"#/properties/trustBundle/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data.placeholder !== undefined){
let data8 = data.placeholder;
if(typeof data8 === "string"){
if(func3(data8) < 8){
const err22 = {instancePath:instancePath+"/placeholder",schemaPath:"#/properties/placeholder/minLength",keyword:"minLength",params:{limit: 8},message:"must NOT have fewer than 8 characters"};
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
const err23 = {instancePath:instancePath+"/placeholder",schemaPath:"#/properties/placeholder/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data.mtlsListen !== undefined){
let data9 = data.mtlsListen;
if(!(((typeof data9 == "number") && (!(data9 % 1) && !isNaN(data9))) && (isFinite(data9)))){
const err24 = {instancePath:instancePath+"/mtlsListen",schemaPath:"#/properties/mtlsListen/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 > 65535 || isNaN(data9)){
const err25 = {instancePath:instancePath+"/mtlsListen",schemaPath:"#/properties/mtlsListen/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(data9 < 0 || isNaN(data9)){
const err26 = {instancePath:instancePath+"/mtlsListen",schemaPath:"#/properties/mtlsListen/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
}
let data10 = data.mtlsHost;
if(typeof data10 === "string"){
if(func3(data10) < 1){
const err27 = {instancePath:instancePath+"/mtlsHost",schemaPath:"#/properties/mtlsHost/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
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
const err28 = {instancePath:instancePath+"/mtlsHost",schemaPath:"#/properties/mtlsHost/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
let data11 = data.mtlsNames;
if(typeof data11 === "string"){
if(!pattern3.test(data11)){
const err29 = {instancePath:instancePath+"/mtlsNames",schemaPath:"#/properties/mtlsNames/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9.:\\[\\]-]+(,[A-Za-z0-9.:\\[\\]-]+)*)?$"},message:"must match pattern \""+"^([A-Za-z0-9.:\\[\\]-]+(,[A-Za-z0-9.:\\[\\]-]+)*)?$"+"\""};
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
const err30 = {instancePath:instancePath+"/mtlsNames",schemaPath:"#/properties/mtlsNames/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
let data12 = data.workloadApi;
if(typeof data12 === "string"){
if(!pattern4.test(data12)){
const err31 = {instancePath:instancePath+"/workloadApi",schemaPath:"#/properties/workloadApi/pattern",keyword:"pattern",params:{pattern: "^(unix:///.+)?$"},message:"must match pattern \""+"^(unix:///.+)?$"+"\""};
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
const err32 = {instancePath:instancePath+"/workloadApi",schemaPath:"#/properties/workloadApi/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
let data13 = data.startWaitMs;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
const err33 = {instancePath:instancePath+"/startWaitMs",schemaPath:"#/properties/startWaitMs/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 > 60000 || isNaN(data13)){
const err34 = {instancePath:instancePath+"/startWaitMs",schemaPath:"#/properties/startWaitMs/maximum",keyword:"maximum",params:{comparison: "<=", limit: 60000},message:"must be <= 60000"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
if(data13 < 0 || isNaN(data13)){
const err35 = {instancePath:instancePath+"/startWaitMs",schemaPath:"#/properties/startWaitMs/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
let data14 = data.drainMs;
if(!(((typeof data14 == "number") && (!(data14 % 1) && !isNaN(data14))) && (isFinite(data14)))){
const err36 = {instancePath:instancePath+"/drainMs",schemaPath:"#/properties/drainMs/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if((typeof data14 == "number") && (isFinite(data14))){
if(data14 > 600000 || isNaN(data14)){
const err37 = {instancePath:instancePath+"/drainMs",schemaPath:"#/properties/drainMs/maximum",keyword:"maximum",params:{comparison: "<=", limit: 600000},message:"must be <= 600000"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(data14 < 0 || isNaN(data14)){
const err38 = {instancePath:instancePath+"/drainMs",schemaPath:"#/properties/drainMs/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
if(typeof data.stateDir !== "string"){
const err39 = {instancePath:instancePath+"/stateDir",schemaPath:"#/properties/stateDir/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
let data16 = data.auditBatchMs;
if(!(((typeof data16 == "number") && (!(data16 % 1) && !isNaN(data16))) && (isFinite(data16)))){
const err40 = {instancePath:instancePath+"/auditBatchMs",schemaPath:"#/properties/auditBatchMs/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if((typeof data16 == "number") && (isFinite(data16))){
if(data16 > 300000 || isNaN(data16)){
const err41 = {instancePath:instancePath+"/auditBatchMs",schemaPath:"#/properties/auditBatchMs/maximum",keyword:"maximum",params:{comparison: "<=", limit: 300000},message:"must be <= 300000"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
if(data16 < 50 || isNaN(data16)){
const err42 = {instancePath:instancePath+"/auditBatchMs",schemaPath:"#/properties/auditBatchMs/minimum",keyword:"minimum",params:{comparison: ">=", limit: 50},message:"must be >= 50"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
let data17 = data.logLevel;
if(typeof data17 !== "string"){
const err43 = {instancePath:instancePath+"/logLevel",schemaPath:"#/properties/logLevel/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if(!((((data17 === "debug") || (data17 === "info")) || (data17 === "warn")) || (data17 === "error"))){
const err44 = {instancePath:instancePath+"/logLevel",schemaPath:"#/properties/logLevel/enum",keyword:"enum",params:{allowedValues: schema11.properties.logLevel.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
else {
const err45 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}
