// @ts-nocheck -- written by hack/schema-checks.ts: do not edit, run `make generate`
import { countCodePoints, type SchemaCheck } from "../../validator/index.ts";
export const checkDaemonFile: SchemaCheck = validate10;
const schema11 = {"type":"object","additionalProperties":false,"required":["actor","operator_omni","actor_omni","broker_url","worker_url","placeholder","chain"],"properties":{"actor":{"type":"string","pattern":"^[a-z0-9-]{1,32}$"},"operator_omni":{"type":"string","pattern":"^0x[0-9a-f]{64}$"},"actor_omni":{"type":"string","pattern":"^0x[0-9a-f]{64}$"},"broker_url":{"type":"string","pattern":"^https://[^/]+$"},"worker_url":{"type":"string","pattern":"^https://[^/]+$"},"trust_bundle":{"type":"string","pattern":"^/","maxLength":4096},"placeholder":{"type":"string","pattern":"^[A-Za-z0-9_-]{16,128}$"},"tcp_port":{"type":"integer","minimum":0,"maximum":65535,"default":9090},"admin_port":{"type":"integer","minimum":0,"maximum":65535,"default":0},"log_level":{"enum":["debug","info","warn","error"],"default":"info"},"chain":{"type":"object","additionalProperties":false,"required":["id","registry"],"properties":{"id":{"type":"integer","minimum":1},"registry":{"type":"string","pattern":"^0x[0-9a-fA-F]{40}$"},"file":{"type":"string","pattern":"^/","maxLength":4096}}},"mtls":{"type":"object","additionalProperties":false,"required":["workload_api"],"properties":{"workload_api":{"type":"string","pattern":"^unix:///.+","maxLength":4096},"address":{"type":"string","minLength":1,"maxLength":253,"default":"127.0.0.1"},"port":{"type":"integer","minimum":1,"maximum":65535,"default":9443},"names":{"type":"array","default":[],"maxItems":16,"items":{"type":"string","pattern":"^[A-Za-z0-9.:-]+$","maxLength":253}}}},"dial":{"type":"object","default":{},"propertyNames":{"pattern":"^[A-Za-z0-9.-]+:[0-9]{1,5}$"},"additionalProperties":{"type":"string","pattern":"^[A-Za-z0-9.-]+:[0-9]{1,5}$"}}}};
const func2 = Object.prototype.hasOwnProperty;
const func3 = countCodePoints;
const pattern0 = new RegExp("^[a-z0-9-]{1,32}$", "u");
const pattern1 = new RegExp("^0x[0-9a-f]{64}$", "u");
const pattern3 = new RegExp("^https://[^/]+$", "u");
const pattern5 = new RegExp("^/", "u");
const pattern6 = new RegExp("^[A-Za-z0-9_-]{16,128}$", "u");
const pattern7 = new RegExp("^0x[0-9a-fA-F]{40}$", "u");
const pattern9 = new RegExp("^unix:///.+", "u");
const pattern10 = new RegExp("^[A-Za-z0-9.:-]+$", "u");
const pattern11 = new RegExp("^[A-Za-z0-9.-]+:[0-9]{1,5}$", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.tcp_port === undefined){
data.tcp_port = 9090;
}
if(data.admin_port === undefined){
data.admin_port = 0;
}
if(data.log_level === undefined){
data.log_level = "info";
}
if(data.dial === undefined){
data.dial = {};
}
if(data.actor === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "actor"},message:"must have required property '"+"actor"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.operator_omni === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "operator_omni"},message:"must have required property '"+"operator_omni"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.actor_omni === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "actor_omni"},message:"must have required property '"+"actor_omni"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.broker_url === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "broker_url"},message:"must have required property '"+"broker_url"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.worker_url === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "worker_url"},message:"must have required property '"+"worker_url"+"'"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.placeholder === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "placeholder"},message:"must have required property '"+"placeholder"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.chain === undefined){
const err6 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "chain"},message:"must have required property '"+"chain"+"'"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema11.properties, key0))){
const err7 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.actor !== undefined){
let data0 = data.actor;
if(typeof data0 === "string"){
if(!pattern0.test(data0)){
const err8 = {instancePath:instancePath+"/actor",schemaPath:"#/properties/actor/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9-]{1,32}$"},message:"must match pattern \""+"^[a-z0-9-]{1,32}$"+"\""};
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
const err9 = {instancePath:instancePath+"/actor",schemaPath:"#/properties/actor/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.operator_omni !== undefined){
let data1 = data.operator_omni;
if(typeof data1 === "string"){
if(!pattern1.test(data1)){
const err10 = {instancePath:instancePath+"/operator_omni",schemaPath:"#/properties/operator_omni/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-f]{64}$"},message:"must match pattern \""+"^0x[0-9a-f]{64}$"+"\""};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/operator_omni",schemaPath:"#/properties/operator_omni/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.actor_omni !== undefined){
let data2 = data.actor_omni;
if(typeof data2 === "string"){
if(!pattern1.test(data2)){
const err12 = {instancePath:instancePath+"/actor_omni",schemaPath:"#/properties/actor_omni/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-f]{64}$"},message:"must match pattern \""+"^0x[0-9a-f]{64}$"+"\""};
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
const err13 = {instancePath:instancePath+"/actor_omni",schemaPath:"#/properties/actor_omni/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data.broker_url !== undefined){
let data3 = data.broker_url;
if(typeof data3 === "string"){
if(!pattern3.test(data3)){
const err14 = {instancePath:instancePath+"/broker_url",schemaPath:"#/properties/broker_url/pattern",keyword:"pattern",params:{pattern: "^https://[^/]+$"},message:"must match pattern \""+"^https://[^/]+$"+"\""};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
else {
const err15 = {instancePath:instancePath+"/broker_url",schemaPath:"#/properties/broker_url/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.worker_url !== undefined){
let data4 = data.worker_url;
if(typeof data4 === "string"){
if(!pattern3.test(data4)){
const err16 = {instancePath:instancePath+"/worker_url",schemaPath:"#/properties/worker_url/pattern",keyword:"pattern",params:{pattern: "^https://[^/]+$"},message:"must match pattern \""+"^https://[^/]+$"+"\""};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
else {
const err17 = {instancePath:instancePath+"/worker_url",schemaPath:"#/properties/worker_url/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data.trust_bundle !== undefined){
let data5 = data.trust_bundle;
if(typeof data5 === "string"){
if(func3(data5) > 4096){
const err18 = {instancePath:instancePath+"/trust_bundle",schemaPath:"#/properties/trust_bundle/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(!pattern5.test(data5)){
const err19 = {instancePath:instancePath+"/trust_bundle",schemaPath:"#/properties/trust_bundle/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\""};
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
const err20 = {instancePath:instancePath+"/trust_bundle",schemaPath:"#/properties/trust_bundle/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data.placeholder !== undefined){
let data6 = data.placeholder;
if(typeof data6 === "string"){
if(!pattern6.test(data6)){
const err21 = {instancePath:instancePath+"/placeholder",schemaPath:"#/properties/placeholder/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_-]{16,128}$"},message:"must match pattern \""+"^[A-Za-z0-9_-]{16,128}$"+"\""};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
else {
const err22 = {instancePath:instancePath+"/placeholder",schemaPath:"#/properties/placeholder/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
let data7 = data.tcp_port;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
const err23 = {instancePath:instancePath+"/tcp_port",schemaPath:"#/properties/tcp_port/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 > 65535 || isNaN(data7)){
const err24 = {instancePath:instancePath+"/tcp_port",schemaPath:"#/properties/tcp_port/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(data7 < 0 || isNaN(data7)){
const err25 = {instancePath:instancePath+"/tcp_port",schemaPath:"#/properties/tcp_port/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
let data8 = data.admin_port;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
const err26 = {instancePath:instancePath+"/admin_port",schemaPath:"#/properties/admin_port/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 65535 || isNaN(data8)){
const err27 = {instancePath:instancePath+"/admin_port",schemaPath:"#/properties/admin_port/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
if(data8 < 0 || isNaN(data8)){
const err28 = {instancePath:instancePath+"/admin_port",schemaPath:"#/properties/admin_port/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
let data9 = data.log_level;
if(!((((data9 === "debug") || (data9 === "info")) || (data9 === "warn")) || (data9 === "error"))){
const err29 = {instancePath:instancePath+"/log_level",schemaPath:"#/properties/log_level/enum",keyword:"enum",params:{allowedValues: schema11.properties.log_level.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
if(data.chain !== undefined){
let data10 = data.chain;
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
if(data10.id === undefined){
const err30 = {instancePath:instancePath+"/chain",schemaPath:"#/properties/chain/required",keyword:"required",params:{missingProperty: "id"},message:"must have required property '"+"id"+"'"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
if(data10.registry === undefined){
const err31 = {instancePath:instancePath+"/chain",schemaPath:"#/properties/chain/required",keyword:"required",params:{missingProperty: "registry"},message:"must have required property '"+"registry"+"'"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
for(const key1 in data10){
if(!(((key1 === "id") || (key1 === "registry")) || (key1 === "file"))){
const err32 = {instancePath:instancePath+"/chain",schemaPath:"#/properties/chain/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(data10.id !== undefined){
let data11 = data10.id;
if(!(((typeof data11 == "number") && (!(data11 % 1) && !isNaN(data11))) && (isFinite(data11)))){
const err33 = {instancePath:instancePath+"/chain/id",schemaPath:"#/properties/chain/properties/id/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if((typeof data11 == "number") && (isFinite(data11))){
if(data11 < 1 || isNaN(data11)){
const err34 = {instancePath:instancePath+"/chain/id",schemaPath:"#/properties/chain/properties/id/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
}
if(data10.registry !== undefined){
let data12 = data10.registry;
if(typeof data12 === "string"){
if(!pattern7.test(data12)){
const err35 = {instancePath:instancePath+"/chain/registry",schemaPath:"#/properties/chain/properties/registry/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-fA-F]{40}$"},message:"must match pattern \""+"^0x[0-9a-fA-F]{40}$"+"\""};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
else {
const err36 = {instancePath:instancePath+"/chain/registry",schemaPath:"#/properties/chain/properties/registry/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
if(data10.file !== undefined){
let data13 = data10.file;
if(typeof data13 === "string"){
if(func3(data13) > 4096){
const err37 = {instancePath:instancePath+"/chain/file",schemaPath:"#/properties/chain/properties/file/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(!pattern5.test(data13)){
const err38 = {instancePath:instancePath+"/chain/file",schemaPath:"#/properties/chain/properties/file/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\""};
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
const err39 = {instancePath:instancePath+"/chain/file",schemaPath:"#/properties/chain/properties/file/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
}
else {
const err40 = {instancePath:instancePath+"/chain",schemaPath:"#/properties/chain/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data.mtls !== undefined){
let data14 = data.mtls;
if(data14 && typeof data14 == "object" && !Array.isArray(data14)){
if(data14.address === undefined){
data14.address = "127.0.0.1";
}
if(data14.port === undefined){
data14.port = 9443;
}
if(data14.names === undefined){
data14.names = [];
}
if(data14.workload_api === undefined){
const err41 = {instancePath:instancePath+"/mtls",schemaPath:"#/properties/mtls/required",keyword:"required",params:{missingProperty: "workload_api"},message:"must have required property '"+"workload_api"+"'"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
for(const key2 in data14){
if(!((((key2 === "workload_api") || (key2 === "address")) || (key2 === "port")) || (key2 === "names"))){
const err42 = {instancePath:instancePath+"/mtls",schemaPath:"#/properties/mtls/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data14.workload_api !== undefined){
let data15 = data14.workload_api;
if(typeof data15 === "string"){
if(func3(data15) > 4096){
const err43 = {instancePath:instancePath+"/mtls/workload_api",schemaPath:"#/properties/mtls/properties/workload_api/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if(!pattern9.test(data15)){
const err44 = {instancePath:instancePath+"/mtls/workload_api",schemaPath:"#/properties/mtls/properties/workload_api/pattern",keyword:"pattern",params:{pattern: "^unix:///.+"},message:"must match pattern \""+"^unix:///.+"+"\""};
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
const err45 = {instancePath:instancePath+"/mtls/workload_api",schemaPath:"#/properties/mtls/properties/workload_api/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
let data16 = data14.address;
if(typeof data16 === "string"){
if(func3(data16) > 253){
const err46 = {instancePath:instancePath+"/mtls/address",schemaPath:"#/properties/mtls/properties/address/maxLength",keyword:"maxLength",params:{limit: 253},message:"must NOT have more than 253 characters"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
if(func3(data16) < 1){
const err47 = {instancePath:instancePath+"/mtls/address",schemaPath:"#/properties/mtls/properties/address/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
else {
const err48 = {instancePath:instancePath+"/mtls/address",schemaPath:"#/properties/mtls/properties/address/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
let data17 = data14.port;
if(!(((typeof data17 == "number") && (!(data17 % 1) && !isNaN(data17))) && (isFinite(data17)))){
const err49 = {instancePath:instancePath+"/mtls/port",schemaPath:"#/properties/mtls/properties/port/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 > 65535 || isNaN(data17)){
const err50 = {instancePath:instancePath+"/mtls/port",schemaPath:"#/properties/mtls/properties/port/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535},message:"must be <= 65535"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
if(data17 < 1 || isNaN(data17)){
const err51 = {instancePath:instancePath+"/mtls/port",schemaPath:"#/properties/mtls/properties/port/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
let data18 = data14.names;
if(Array.isArray(data18)){
if(data18.length > 16){
const err52 = {instancePath:instancePath+"/mtls/names",schemaPath:"#/properties/mtls/properties/names/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
const len0 = data18.length;
for(let i0=0; i0<len0; i0++){
let data19 = data18[i0];
if(typeof data19 === "string"){
if(func3(data19) > 253){
const err53 = {instancePath:instancePath+"/mtls/names/" + i0,schemaPath:"#/properties/mtls/properties/names/items/maxLength",keyword:"maxLength",params:{limit: 253},message:"must NOT have more than 253 characters"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
if(!pattern10.test(data19)){
const err54 = {instancePath:instancePath+"/mtls/names/" + i0,schemaPath:"#/properties/mtls/properties/names/items/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9.:-]+$"},message:"must match pattern \""+"^[A-Za-z0-9.:-]+$"+"\""};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
else {
const err55 = {instancePath:instancePath+"/mtls/names/" + i0,schemaPath:"#/properties/mtls/properties/names/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
}
else {
const err56 = {instancePath:instancePath+"/mtls/names",schemaPath:"#/properties/mtls/properties/names/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
else {
const err57 = {instancePath:instancePath+"/mtls",schemaPath:"#/properties/mtls/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
let data20 = data.dial;
if(data20 && typeof data20 == "object" && !Array.isArray(data20)){
for(const key3 in data20){
const _errs45 = errors;
if(typeof key3 === "string"){
if(!pattern11.test(key3)){
const err58 = {instancePath:instancePath+"/dial",schemaPath:"#/properties/dial/propertyNames/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9.-]+:[0-9]{1,5}$"},message:"must match pattern \""+"^[A-Za-z0-9.-]+:[0-9]{1,5}$"+"\"",propertyName:key3};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
var valid5 = _errs45 === errors;
if(!valid5){
const err59 = {instancePath:instancePath+"/dial",schemaPath:"#/properties/dial/propertyNames",keyword:"propertyNames",params:{propertyName: key3},message:"property name must be valid"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
for(const key4 in data20){
let data21 = data20[key4];
if(typeof data21 === "string"){
if(!pattern11.test(data21)){
const err60 = {instancePath:instancePath+"/dial/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/dial/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9.-]+:[0-9]{1,5}$"},message:"must match pattern \""+"^[A-Za-z0-9.-]+:[0-9]{1,5}$"+"\""};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
else {
const err61 = {instancePath:instancePath+"/dial/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/dial/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
}
else {
const err62 = {instancePath:instancePath+"/dial",schemaPath:"#/properties/dial/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
else {
const err63 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

export const checkPolicyFile: SchemaCheck = validate11;
const schema12 = {"type":"object","additionalProperties":false,"properties":{"placeholder":{"enum":["optional","required"],"default":"optional"},"rule":{"type":"array","default":[],"maxItems":256,"items":{"type":"object","additionalProperties":false,"required":["uid","services"],"properties":{"uid":{"type":"integer","minimum":0,"maximum":4294967295},"binary_path":{"type":"string","pattern":"^/","maxLength":4096},"services":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9][a-z0-9._-]{0,63}$"},"maxItems":64}}}},"workload":{"type":"array","default":[],"maxItems":256,"items":{"type":"object","additionalProperties":false,"required":["spiffe_id","services"],"properties":{"spiffe_id":{"type":"string","pattern":"^spiffe://[a-z0-9._-]+(/[A-Za-z0-9._-]+)+$","maxLength":2048},"public_key_sha256":{"type":"string","pattern":"^[0-9a-f]{64}$"},"measurement":{"type":"string","minLength":1,"maxLength":1024},"services":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9][a-z0-9._-]{0,63}$"},"maxItems":64}}}},"attestation":{"type":"object","additionalProperties":false,"required":["issuer","keys","measurement_claim"],"properties":{"issuer":{"type":"string","minLength":1,"maxLength":2048},"audience":{"type":"string","minLength":1,"maxLength":2048},"keys":{"type":"array","minItems":1,"maxItems":8,"items":{"type":"string","maxLength":16384,"pattern":"^-----BEGIN (PUBLIC KEY|CERTIFICATE)-----"}},"measurement_claim":{"type":"string","pattern":"^(/([^~/]|~[01])*)+$","maxLength":512},"require":{"type":"array","maxItems":16,"items":{"type":"object","additionalProperties":false,"required":["claim","value"],"properties":{"claim":{"type":"string","pattern":"^(/([^~/]|~[01])*)+$","maxLength":512},"value":{"type":"string","maxLength":2048}}}},"max_age_seconds":{"type":"integer","minimum":60,"maximum":86400,"default":3600}}},"service":{"type":"array","default":[],"maxItems":64,"items":{"type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"type":"string","pattern":"^[a-z0-9][a-z0-9._-]{0,63}$"},"preset":{"type":"string","maxLength":2048},"upstream":{"type":"string","maxLength":2048},"auth":{"type":"object","additionalProperties":false,"required":["type"],"properties":{"type":{"enum":["bearer","header","basic","query","path"]},"name":{"type":"string","maxLength":2048},"format":{"type":"string","maxLength":2048}}},"env":{"type":"object","propertyNames":{"pattern":"^[A-Za-z_][A-Za-z0-9_]{0,63}$"},"additionalProperties":{"type":"string","maxLength":2048}},"methods":{"type":"array","items":{"enum":["GET","HEAD","POST","PUT","PATCH","DELETE","OPTIONS"]},"maxItems":16},"paths":{"type":"array","items":{"type":"string","maxLength":2048},"maxItems":128},"deny_paths":{"type":"array","items":{"type":"string","maxLength":2048},"maxItems":128},"path_prefix":{"type":"string","maxLength":2048},"ca_bundle":{"type":"string","pattern":"^/","maxLength":4096},"allow_private_addresses":{"type":"boolean"},"allow_insecure":{"type":"boolean"},"requests_per_minute":{"type":"integer","minimum":1},"requests_per_hour":{"type":"integer","minimum":1},"max_concurrent":{"type":"integer","minimum":1},"max_body_bytes":{"type":"integer","minimum":1},"daily_usd":{"type":"string","maxLength":32}}}}}};
const pattern14 = new RegExp("^[a-z0-9][a-z0-9._-]{0,63}$", "u");
const pattern15 = new RegExp("^spiffe://[a-z0-9._-]+(/[A-Za-z0-9._-]+)+$", "u");
const pattern16 = new RegExp("^[0-9a-f]{64}$", "u");
const pattern18 = new RegExp("^-----BEGIN (PUBLIC KEY|CERTIFICATE)-----", "u");
const pattern19 = new RegExp("^(/([^~/]|~[01])*)+$", "u");
const pattern22 = new RegExp("^[A-Za-z_][A-Za-z0-9_]{0,63}$", "u");

function validate11(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.placeholder === undefined){
data.placeholder = "optional";
}
if(data.rule === undefined){
data.rule = [];
}
if(data.workload === undefined){
data.workload = [];
}
if(data.service === undefined){
data.service = [];
}
for(const key0 in data){
if(!(((((key0 === "placeholder") || (key0 === "rule")) || (key0 === "workload")) || (key0 === "attestation")) || (key0 === "service"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
let data0 = data.placeholder;
if(!((data0 === "optional") || (data0 === "required"))){
const err1 = {instancePath:instancePath+"/placeholder",schemaPath:"#/properties/placeholder/enum",keyword:"enum",params:{allowedValues: schema12.properties.placeholder.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
let data1 = data.rule;
if(Array.isArray(data1)){
if(data1.length > 256){
const err2 = {instancePath:instancePath+"/rule",schemaPath:"#/properties/rule/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.uid === undefined){
const err3 = {instancePath:instancePath+"/rule/" + i0,schemaPath:"#/properties/rule/items/required",keyword:"required",params:{missingProperty: "uid"},message:"must have required property '"+"uid"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data2.services === undefined){
const err4 = {instancePath:instancePath+"/rule/" + i0,schemaPath:"#/properties/rule/items/required",keyword:"required",params:{missingProperty: "services"},message:"must have required property '"+"services"+"'"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
for(const key1 in data2){
if(!(((key1 === "uid") || (key1 === "binary_path")) || (key1 === "services"))){
const err5 = {instancePath:instancePath+"/rule/" + i0,schemaPath:"#/properties/rule/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data2.uid !== undefined){
let data3 = data2.uid;
if(!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))){
const err6 = {instancePath:instancePath+"/rule/" + i0+"/uid",schemaPath:"#/properties/rule/items/properties/uid/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 > 4294967295 || isNaN(data3)){
const err7 = {instancePath:instancePath+"/rule/" + i0+"/uid",schemaPath:"#/properties/rule/items/properties/uid/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967295},message:"must be <= 4294967295"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data3 < 0 || isNaN(data3)){
const err8 = {instancePath:instancePath+"/rule/" + i0+"/uid",schemaPath:"#/properties/rule/items/properties/uid/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
if(data2.binary_path !== undefined){
let data4 = data2.binary_path;
if(typeof data4 === "string"){
if(func3(data4) > 4096){
const err9 = {instancePath:instancePath+"/rule/" + i0+"/binary_path",schemaPath:"#/properties/rule/items/properties/binary_path/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(!pattern5.test(data4)){
const err10 = {instancePath:instancePath+"/rule/" + i0+"/binary_path",schemaPath:"#/properties/rule/items/properties/binary_path/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\""};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/rule/" + i0+"/binary_path",schemaPath:"#/properties/rule/items/properties/binary_path/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data2.services !== undefined){
let data5 = data2.services;
if(Array.isArray(data5)){
if(data5.length > 64){
const err12 = {instancePath:instancePath+"/rule/" + i0+"/services",schemaPath:"#/properties/rule/items/properties/services/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
const len1 = data5.length;
for(let i1=0; i1<len1; i1++){
let data6 = data5[i1];
if(typeof data6 === "string"){
if(!pattern14.test(data6)){
const err13 = {instancePath:instancePath+"/rule/" + i0+"/services/" + i1,schemaPath:"#/properties/rule/items/properties/services/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]{0,63}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9._-]{0,63}$"+"\""};
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
const err14 = {instancePath:instancePath+"/rule/" + i0+"/services/" + i1,schemaPath:"#/properties/rule/items/properties/services/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
else {
const err15 = {instancePath:instancePath+"/rule/" + i0+"/services",schemaPath:"#/properties/rule/items/properties/services/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
}
else {
const err16 = {instancePath:instancePath+"/rule/" + i0,schemaPath:"#/properties/rule/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
else {
const err17 = {instancePath:instancePath+"/rule",schemaPath:"#/properties/rule/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
let data7 = data.workload;
if(Array.isArray(data7)){
if(data7.length > 256){
const err18 = {instancePath:instancePath+"/workload",schemaPath:"#/properties/workload/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
const len2 = data7.length;
for(let i2=0; i2<len2; i2++){
let data8 = data7[i2];
if(data8 && typeof data8 == "object" && !Array.isArray(data8)){
if(data8.spiffe_id === undefined){
const err19 = {instancePath:instancePath+"/workload/" + i2,schemaPath:"#/properties/workload/items/required",keyword:"required",params:{missingProperty: "spiffe_id"},message:"must have required property '"+"spiffe_id"+"'"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(data8.services === undefined){
const err20 = {instancePath:instancePath+"/workload/" + i2,schemaPath:"#/properties/workload/items/required",keyword:"required",params:{missingProperty: "services"},message:"must have required property '"+"services"+"'"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
for(const key2 in data8){
if(!((((key2 === "spiffe_id") || (key2 === "public_key_sha256")) || (key2 === "measurement")) || (key2 === "services"))){
const err21 = {instancePath:instancePath+"/workload/" + i2,schemaPath:"#/properties/workload/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data8.spiffe_id !== undefined){
let data9 = data8.spiffe_id;
if(typeof data9 === "string"){
if(func3(data9) > 2048){
const err22 = {instancePath:instancePath+"/workload/" + i2+"/spiffe_id",schemaPath:"#/properties/workload/items/properties/spiffe_id/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(!pattern15.test(data9)){
const err23 = {instancePath:instancePath+"/workload/" + i2+"/spiffe_id",schemaPath:"#/properties/workload/items/properties/spiffe_id/pattern",keyword:"pattern",params:{pattern: "^spiffe://[a-z0-9._-]+(/[A-Za-z0-9._-]+)+$"},message:"must match pattern \""+"^spiffe://[a-z0-9._-]+(/[A-Za-z0-9._-]+)+$"+"\""};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
else {
const err24 = {instancePath:instancePath+"/workload/" + i2+"/spiffe_id",schemaPath:"#/properties/workload/items/properties/spiffe_id/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data8.public_key_sha256 !== undefined){
let data10 = data8.public_key_sha256;
if(typeof data10 === "string"){
if(!pattern16.test(data10)){
const err25 = {instancePath:instancePath+"/workload/" + i2+"/public_key_sha256",schemaPath:"#/properties/workload/items/properties/public_key_sha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"},message:"must match pattern \""+"^[0-9a-f]{64}$"+"\""};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
else {
const err26 = {instancePath:instancePath+"/workload/" + i2+"/public_key_sha256",schemaPath:"#/properties/workload/items/properties/public_key_sha256/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data8.measurement !== undefined){
let data11 = data8.measurement;
if(typeof data11 === "string"){
if(func3(data11) > 1024){
const err27 = {instancePath:instancePath+"/workload/" + i2+"/measurement",schemaPath:"#/properties/workload/items/properties/measurement/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
if(func3(data11) < 1){
const err28 = {instancePath:instancePath+"/workload/" + i2+"/measurement",schemaPath:"#/properties/workload/items/properties/measurement/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
else {
const err29 = {instancePath:instancePath+"/workload/" + i2+"/measurement",schemaPath:"#/properties/workload/items/properties/measurement/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data8.services !== undefined){
let data12 = data8.services;
if(Array.isArray(data12)){
if(data12.length > 64){
const err30 = {instancePath:instancePath+"/workload/" + i2+"/services",schemaPath:"#/properties/workload/items/properties/services/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
const len3 = data12.length;
for(let i3=0; i3<len3; i3++){
let data13 = data12[i3];
if(typeof data13 === "string"){
if(!pattern14.test(data13)){
const err31 = {instancePath:instancePath+"/workload/" + i2+"/services/" + i3,schemaPath:"#/properties/workload/items/properties/services/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]{0,63}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9._-]{0,63}$"+"\""};
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
const err32 = {instancePath:instancePath+"/workload/" + i2+"/services/" + i3,schemaPath:"#/properties/workload/items/properties/services/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
}
else {
const err33 = {instancePath:instancePath+"/workload/" + i2+"/services",schemaPath:"#/properties/workload/items/properties/services/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
}
else {
const err34 = {instancePath:instancePath+"/workload/" + i2,schemaPath:"#/properties/workload/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
}
else {
const err35 = {instancePath:instancePath+"/workload",schemaPath:"#/properties/workload/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
if(data.attestation !== undefined){
let data14 = data.attestation;
if(data14 && typeof data14 == "object" && !Array.isArray(data14)){
if(data14.max_age_seconds === undefined){
data14.max_age_seconds = 3600;
}
if(data14.issuer === undefined){
const err36 = {instancePath:instancePath+"/attestation",schemaPath:"#/properties/attestation/required",keyword:"required",params:{missingProperty: "issuer"},message:"must have required property '"+"issuer"+"'"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if(data14.keys === undefined){
const err37 = {instancePath:instancePath+"/attestation",schemaPath:"#/properties/attestation/required",keyword:"required",params:{missingProperty: "keys"},message:"must have required property '"+"keys"+"'"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(data14.measurement_claim === undefined){
const err38 = {instancePath:instancePath+"/attestation",schemaPath:"#/properties/attestation/required",keyword:"required",params:{missingProperty: "measurement_claim"},message:"must have required property '"+"measurement_claim"+"'"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
for(const key3 in data14){
if(!((((((key3 === "issuer") || (key3 === "audience")) || (key3 === "keys")) || (key3 === "measurement_claim")) || (key3 === "require")) || (key3 === "max_age_seconds"))){
const err39 = {instancePath:instancePath+"/attestation",schemaPath:"#/properties/attestation/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data14.issuer !== undefined){
let data15 = data14.issuer;
if(typeof data15 === "string"){
if(func3(data15) > 2048){
const err40 = {instancePath:instancePath+"/attestation/issuer",schemaPath:"#/properties/attestation/properties/issuer/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(func3(data15) < 1){
const err41 = {instancePath:instancePath+"/attestation/issuer",schemaPath:"#/properties/attestation/properties/issuer/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
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
const err42 = {instancePath:instancePath+"/attestation/issuer",schemaPath:"#/properties/attestation/properties/issuer/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data14.audience !== undefined){
let data16 = data14.audience;
if(typeof data16 === "string"){
if(func3(data16) > 2048){
const err43 = {instancePath:instancePath+"/attestation/audience",schemaPath:"#/properties/attestation/properties/audience/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if(func3(data16) < 1){
const err44 = {instancePath:instancePath+"/attestation/audience",schemaPath:"#/properties/attestation/properties/audience/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
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
const err45 = {instancePath:instancePath+"/attestation/audience",schemaPath:"#/properties/attestation/properties/audience/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data14.keys !== undefined){
let data17 = data14.keys;
if(Array.isArray(data17)){
if(data17.length > 8){
const err46 = {instancePath:instancePath+"/attestation/keys",schemaPath:"#/properties/attestation/properties/keys/maxItems",keyword:"maxItems",params:{limit: 8},message:"must NOT have more than 8 items"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
if(data17.length < 1){
const err47 = {instancePath:instancePath+"/attestation/keys",schemaPath:"#/properties/attestation/properties/keys/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
const len4 = data17.length;
for(let i4=0; i4<len4; i4++){
let data18 = data17[i4];
if(typeof data18 === "string"){
if(func3(data18) > 16384){
const err48 = {instancePath:instancePath+"/attestation/keys/" + i4,schemaPath:"#/properties/attestation/properties/keys/items/maxLength",keyword:"maxLength",params:{limit: 16384},message:"must NOT have more than 16384 characters"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if(!pattern18.test(data18)){
const err49 = {instancePath:instancePath+"/attestation/keys/" + i4,schemaPath:"#/properties/attestation/properties/keys/items/pattern",keyword:"pattern",params:{pattern: "^-----BEGIN (PUBLIC KEY|CERTIFICATE)-----"},message:"must match pattern \""+"^-----BEGIN (PUBLIC KEY|CERTIFICATE)-----"+"\""};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
else {
const err50 = {instancePath:instancePath+"/attestation/keys/" + i4,schemaPath:"#/properties/attestation/properties/keys/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
}
else {
const err51 = {instancePath:instancePath+"/attestation/keys",schemaPath:"#/properties/attestation/properties/keys/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
if(data14.measurement_claim !== undefined){
let data19 = data14.measurement_claim;
if(typeof data19 === "string"){
if(func3(data19) > 512){
const err52 = {instancePath:instancePath+"/attestation/measurement_claim",schemaPath:"#/properties/attestation/properties/measurement_claim/maxLength",keyword:"maxLength",params:{limit: 512},message:"must NOT have more than 512 characters"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
if(!pattern19.test(data19)){
const err53 = {instancePath:instancePath+"/attestation/measurement_claim",schemaPath:"#/properties/attestation/properties/measurement_claim/pattern",keyword:"pattern",params:{pattern: "^(/([^~/]|~[01])*)+$"},message:"must match pattern \""+"^(/([^~/]|~[01])*)+$"+"\""};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
else {
const err54 = {instancePath:instancePath+"/attestation/measurement_claim",schemaPath:"#/properties/attestation/properties/measurement_claim/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
if(data14.require !== undefined){
let data20 = data14.require;
if(Array.isArray(data20)){
if(data20.length > 16){
const err55 = {instancePath:instancePath+"/attestation/require",schemaPath:"#/properties/attestation/properties/require/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
const len5 = data20.length;
for(let i5=0; i5<len5; i5++){
let data21 = data20[i5];
if(data21 && typeof data21 == "object" && !Array.isArray(data21)){
if(data21.claim === undefined){
const err56 = {instancePath:instancePath+"/attestation/require/" + i5,schemaPath:"#/properties/attestation/properties/require/items/required",keyword:"required",params:{missingProperty: "claim"},message:"must have required property '"+"claim"+"'"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
if(data21.value === undefined){
const err57 = {instancePath:instancePath+"/attestation/require/" + i5,schemaPath:"#/properties/attestation/properties/require/items/required",keyword:"required",params:{missingProperty: "value"},message:"must have required property '"+"value"+"'"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
for(const key4 in data21){
if(!((key4 === "claim") || (key4 === "value"))){
const err58 = {instancePath:instancePath+"/attestation/require/" + i5,schemaPath:"#/properties/attestation/properties/require/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
if(data21.claim !== undefined){
let data22 = data21.claim;
if(typeof data22 === "string"){
if(func3(data22) > 512){
const err59 = {instancePath:instancePath+"/attestation/require/" + i5+"/claim",schemaPath:"#/properties/attestation/properties/require/items/properties/claim/maxLength",keyword:"maxLength",params:{limit: 512},message:"must NOT have more than 512 characters"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
if(!pattern19.test(data22)){
const err60 = {instancePath:instancePath+"/attestation/require/" + i5+"/claim",schemaPath:"#/properties/attestation/properties/require/items/properties/claim/pattern",keyword:"pattern",params:{pattern: "^(/([^~/]|~[01])*)+$"},message:"must match pattern \""+"^(/([^~/]|~[01])*)+$"+"\""};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
else {
const err61 = {instancePath:instancePath+"/attestation/require/" + i5+"/claim",schemaPath:"#/properties/attestation/properties/require/items/properties/claim/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
if(data21.value !== undefined){
let data23 = data21.value;
if(typeof data23 === "string"){
if(func3(data23) > 2048){
const err62 = {instancePath:instancePath+"/attestation/require/" + i5+"/value",schemaPath:"#/properties/attestation/properties/require/items/properties/value/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
else {
const err63 = {instancePath:instancePath+"/attestation/require/" + i5+"/value",schemaPath:"#/properties/attestation/properties/require/items/properties/value/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
}
else {
const err64 = {instancePath:instancePath+"/attestation/require/" + i5,schemaPath:"#/properties/attestation/properties/require/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
}
else {
const err65 = {instancePath:instancePath+"/attestation/require",schemaPath:"#/properties/attestation/properties/require/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
let data24 = data14.max_age_seconds;
if(!(((typeof data24 == "number") && (!(data24 % 1) && !isNaN(data24))) && (isFinite(data24)))){
const err66 = {instancePath:instancePath+"/attestation/max_age_seconds",schemaPath:"#/properties/attestation/properties/max_age_seconds/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
if((typeof data24 == "number") && (isFinite(data24))){
if(data24 > 86400 || isNaN(data24)){
const err67 = {instancePath:instancePath+"/attestation/max_age_seconds",schemaPath:"#/properties/attestation/properties/max_age_seconds/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400},message:"must be <= 86400"};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
if(data24 < 60 || isNaN(data24)){
const err68 = {instancePath:instancePath+"/attestation/max_age_seconds",schemaPath:"#/properties/attestation/properties/max_age_seconds/minimum",keyword:"minimum",params:{comparison: ">=", limit: 60},message:"must be >= 60"};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
}
else {
const err69 = {instancePath:instancePath+"/attestation",schemaPath:"#/properties/attestation/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
let data25 = data.service;
if(Array.isArray(data25)){
if(data25.length > 64){
const err70 = {instancePath:instancePath+"/service",schemaPath:"#/properties/service/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
const len6 = data25.length;
for(let i6=0; i6<len6; i6++){
let data26 = data25[i6];
if(data26 && typeof data26 == "object" && !Array.isArray(data26)){
if(data26.name === undefined){
const err71 = {instancePath:instancePath+"/service/" + i6,schemaPath:"#/properties/service/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
for(const key5 in data26){
if(!(func2.call(schema12.properties.service.items.properties, key5))){
const err72 = {instancePath:instancePath+"/service/" + i6,schemaPath:"#/properties/service/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
if(data26.name !== undefined){
let data27 = data26.name;
if(typeof data27 === "string"){
if(!pattern14.test(data27)){
const err73 = {instancePath:instancePath+"/service/" + i6+"/name",schemaPath:"#/properties/service/items/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]{0,63}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9._-]{0,63}$"+"\""};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
else {
const err74 = {instancePath:instancePath+"/service/" + i6+"/name",schemaPath:"#/properties/service/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
if(data26.preset !== undefined){
let data28 = data26.preset;
if(typeof data28 === "string"){
if(func3(data28) > 2048){
const err75 = {instancePath:instancePath+"/service/" + i6+"/preset",schemaPath:"#/properties/service/items/properties/preset/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
else {
const err76 = {instancePath:instancePath+"/service/" + i6+"/preset",schemaPath:"#/properties/service/items/properties/preset/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
if(data26.upstream !== undefined){
let data29 = data26.upstream;
if(typeof data29 === "string"){
if(func3(data29) > 2048){
const err77 = {instancePath:instancePath+"/service/" + i6+"/upstream",schemaPath:"#/properties/service/items/properties/upstream/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
else {
const err78 = {instancePath:instancePath+"/service/" + i6+"/upstream",schemaPath:"#/properties/service/items/properties/upstream/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
if(data26.auth !== undefined){
let data30 = data26.auth;
if(data30 && typeof data30 == "object" && !Array.isArray(data30)){
if(data30.type === undefined){
const err79 = {instancePath:instancePath+"/service/" + i6+"/auth",schemaPath:"#/properties/service/items/properties/auth/required",keyword:"required",params:{missingProperty: "type"},message:"must have required property '"+"type"+"'"};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
for(const key6 in data30){
if(!(((key6 === "type") || (key6 === "name")) || (key6 === "format"))){
const err80 = {instancePath:instancePath+"/service/" + i6+"/auth",schemaPath:"#/properties/service/items/properties/auth/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
if(data30.type !== undefined){
let data31 = data30.type;
if(!(((((data31 === "bearer") || (data31 === "header")) || (data31 === "basic")) || (data31 === "query")) || (data31 === "path"))){
const err81 = {instancePath:instancePath+"/service/" + i6+"/auth/type",schemaPath:"#/properties/service/items/properties/auth/properties/type/enum",keyword:"enum",params:{allowedValues: schema12.properties.service.items.properties.auth.properties.type.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
}
if(data30.name !== undefined){
let data32 = data30.name;
if(typeof data32 === "string"){
if(func3(data32) > 2048){
const err82 = {instancePath:instancePath+"/service/" + i6+"/auth/name",schemaPath:"#/properties/service/items/properties/auth/properties/name/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
else {
const err83 = {instancePath:instancePath+"/service/" + i6+"/auth/name",schemaPath:"#/properties/service/items/properties/auth/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
if(data30.format !== undefined){
let data33 = data30.format;
if(typeof data33 === "string"){
if(func3(data33) > 2048){
const err84 = {instancePath:instancePath+"/service/" + i6+"/auth/format",schemaPath:"#/properties/service/items/properties/auth/properties/format/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
else {
const err85 = {instancePath:instancePath+"/service/" + i6+"/auth/format",schemaPath:"#/properties/service/items/properties/auth/properties/format/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
}
else {
const err86 = {instancePath:instancePath+"/service/" + i6+"/auth",schemaPath:"#/properties/service/items/properties/auth/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
if(data26.env !== undefined){
let data34 = data26.env;
if(data34 && typeof data34 == "object" && !Array.isArray(data34)){
for(const key7 in data34){
const _errs76 = errors;
if(typeof key7 === "string"){
if(!pattern22.test(key7)){
const err87 = {instancePath:instancePath+"/service/" + i6+"/env",schemaPath:"#/properties/service/items/properties/env/propertyNames/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]{0,63}$"},message:"must match pattern \""+"^[A-Za-z_][A-Za-z0-9_]{0,63}$"+"\"",propertyName:key7};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
var valid21 = _errs76 === errors;
if(!valid21){
const err88 = {instancePath:instancePath+"/service/" + i6+"/env",schemaPath:"#/properties/service/items/properties/env/propertyNames",keyword:"propertyNames",params:{propertyName: key7},message:"property name must be valid"};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
for(const key8 in data34){
let data35 = data34[key8];
if(typeof data35 === "string"){
if(func3(data35) > 2048){
const err89 = {instancePath:instancePath+"/service/" + i6+"/env/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/service/items/properties/env/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
else {
const err90 = {instancePath:instancePath+"/service/" + i6+"/env/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/service/items/properties/env/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
}
}
else {
const err91 = {instancePath:instancePath+"/service/" + i6+"/env",schemaPath:"#/properties/service/items/properties/env/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
if(data26.methods !== undefined){
let data36 = data26.methods;
if(Array.isArray(data36)){
if(data36.length > 16){
const err92 = {instancePath:instancePath+"/service/" + i6+"/methods",schemaPath:"#/properties/service/items/properties/methods/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
const len7 = data36.length;
for(let i7=0; i7<len7; i7++){
let data37 = data36[i7];
if(!(((((((data37 === "GET") || (data37 === "HEAD")) || (data37 === "POST")) || (data37 === "PUT")) || (data37 === "PATCH")) || (data37 === "DELETE")) || (data37 === "OPTIONS"))){
const err93 = {instancePath:instancePath+"/service/" + i6+"/methods/" + i7,schemaPath:"#/properties/service/items/properties/methods/items/enum",keyword:"enum",params:{allowedValues: schema12.properties.service.items.properties.methods.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
}
else {
const err94 = {instancePath:instancePath+"/service/" + i6+"/methods",schemaPath:"#/properties/service/items/properties/methods/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
}
if(data26.paths !== undefined){
let data38 = data26.paths;
if(Array.isArray(data38)){
if(data38.length > 128){
const err95 = {instancePath:instancePath+"/service/" + i6+"/paths",schemaPath:"#/properties/service/items/properties/paths/maxItems",keyword:"maxItems",params:{limit: 128},message:"must NOT have more than 128 items"};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
const len8 = data38.length;
for(let i8=0; i8<len8; i8++){
let data39 = data38[i8];
if(typeof data39 === "string"){
if(func3(data39) > 2048){
const err96 = {instancePath:instancePath+"/service/" + i6+"/paths/" + i8,schemaPath:"#/properties/service/items/properties/paths/items/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
else {
const err97 = {instancePath:instancePath+"/service/" + i6+"/paths/" + i8,schemaPath:"#/properties/service/items/properties/paths/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
}
}
else {
const err98 = {instancePath:instancePath+"/service/" + i6+"/paths",schemaPath:"#/properties/service/items/properties/paths/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
}
if(data26.deny_paths !== undefined){
let data40 = data26.deny_paths;
if(Array.isArray(data40)){
if(data40.length > 128){
const err99 = {instancePath:instancePath+"/service/" + i6+"/deny_paths",schemaPath:"#/properties/service/items/properties/deny_paths/maxItems",keyword:"maxItems",params:{limit: 128},message:"must NOT have more than 128 items"};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
const len9 = data40.length;
for(let i9=0; i9<len9; i9++){
let data41 = data40[i9];
if(typeof data41 === "string"){
if(func3(data41) > 2048){
const err100 = {instancePath:instancePath+"/service/" + i6+"/deny_paths/" + i9,schemaPath:"#/properties/service/items/properties/deny_paths/items/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
}
else {
const err101 = {instancePath:instancePath+"/service/" + i6+"/deny_paths/" + i9,schemaPath:"#/properties/service/items/properties/deny_paths/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
}
}
else {
const err102 = {instancePath:instancePath+"/service/" + i6+"/deny_paths",schemaPath:"#/properties/service/items/properties/deny_paths/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
}
if(data26.path_prefix !== undefined){
let data42 = data26.path_prefix;
if(typeof data42 === "string"){
if(func3(data42) > 2048){
const err103 = {instancePath:instancePath+"/service/" + i6+"/path_prefix",schemaPath:"#/properties/service/items/properties/path_prefix/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
}
else {
const err104 = {instancePath:instancePath+"/service/" + i6+"/path_prefix",schemaPath:"#/properties/service/items/properties/path_prefix/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
}
if(data26.ca_bundle !== undefined){
let data43 = data26.ca_bundle;
if(typeof data43 === "string"){
if(func3(data43) > 4096){
const err105 = {instancePath:instancePath+"/service/" + i6+"/ca_bundle",schemaPath:"#/properties/service/items/properties/ca_bundle/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
if(!pattern5.test(data43)){
const err106 = {instancePath:instancePath+"/service/" + i6+"/ca_bundle",schemaPath:"#/properties/service/items/properties/ca_bundle/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\""};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
}
else {
const err107 = {instancePath:instancePath+"/service/" + i6+"/ca_bundle",schemaPath:"#/properties/service/items/properties/ca_bundle/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
}
if(data26.allow_private_addresses !== undefined){
if(typeof data26.allow_private_addresses !== "boolean"){
const err108 = {instancePath:instancePath+"/service/" + i6+"/allow_private_addresses",schemaPath:"#/properties/service/items/properties/allow_private_addresses/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
}
if(data26.allow_insecure !== undefined){
if(typeof data26.allow_insecure !== "boolean"){
const err109 = {instancePath:instancePath+"/service/" + i6+"/allow_insecure",schemaPath:"#/properties/service/items/properties/allow_insecure/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
}
if(data26.requests_per_minute !== undefined){
let data46 = data26.requests_per_minute;
if(!(((typeof data46 == "number") && (!(data46 % 1) && !isNaN(data46))) && (isFinite(data46)))){
const err110 = {instancePath:instancePath+"/service/" + i6+"/requests_per_minute",schemaPath:"#/properties/service/items/properties/requests_per_minute/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
if((typeof data46 == "number") && (isFinite(data46))){
if(data46 < 1 || isNaN(data46)){
const err111 = {instancePath:instancePath+"/service/" + i6+"/requests_per_minute",schemaPath:"#/properties/service/items/properties/requests_per_minute/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
}
}
if(data26.requests_per_hour !== undefined){
let data47 = data26.requests_per_hour;
if(!(((typeof data47 == "number") && (!(data47 % 1) && !isNaN(data47))) && (isFinite(data47)))){
const err112 = {instancePath:instancePath+"/service/" + i6+"/requests_per_hour",schemaPath:"#/properties/service/items/properties/requests_per_hour/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
if((typeof data47 == "number") && (isFinite(data47))){
if(data47 < 1 || isNaN(data47)){
const err113 = {instancePath:instancePath+"/service/" + i6+"/requests_per_hour",schemaPath:"#/properties/service/items/properties/requests_per_hour/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
}
}
if(data26.max_concurrent !== undefined){
let data48 = data26.max_concurrent;
if(!(((typeof data48 == "number") && (!(data48 % 1) && !isNaN(data48))) && (isFinite(data48)))){
const err114 = {instancePath:instancePath+"/service/" + i6+"/max_concurrent",schemaPath:"#/properties/service/items/properties/max_concurrent/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
if((typeof data48 == "number") && (isFinite(data48))){
if(data48 < 1 || isNaN(data48)){
const err115 = {instancePath:instancePath+"/service/" + i6+"/max_concurrent",schemaPath:"#/properties/service/items/properties/max_concurrent/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
}
}
if(data26.max_body_bytes !== undefined){
let data49 = data26.max_body_bytes;
if(!(((typeof data49 == "number") && (!(data49 % 1) && !isNaN(data49))) && (isFinite(data49)))){
const err116 = {instancePath:instancePath+"/service/" + i6+"/max_body_bytes",schemaPath:"#/properties/service/items/properties/max_body_bytes/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
if((typeof data49 == "number") && (isFinite(data49))){
if(data49 < 1 || isNaN(data49)){
const err117 = {instancePath:instancePath+"/service/" + i6+"/max_body_bytes",schemaPath:"#/properties/service/items/properties/max_body_bytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
}
}
if(data26.daily_usd !== undefined){
let data50 = data26.daily_usd;
if(typeof data50 === "string"){
if(func3(data50) > 32){
const err118 = {instancePath:instancePath+"/service/" + i6+"/daily_usd",schemaPath:"#/properties/service/items/properties/daily_usd/maxLength",keyword:"maxLength",params:{limit: 32},message:"must NOT have more than 32 characters"};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
}
else {
const err119 = {instancePath:instancePath+"/service/" + i6+"/daily_usd",schemaPath:"#/properties/service/items/properties/daily_usd/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
}
}
else {
const err120 = {instancePath:instancePath+"/service/" + i6,schemaPath:"#/properties/service/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
}
}
else {
const err121 = {instancePath:instancePath+"/service",schemaPath:"#/properties/service/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
}
}
else {
const err122 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
validate11.errors = vErrors;
return errors === 0;
}
