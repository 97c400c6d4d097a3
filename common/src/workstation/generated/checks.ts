// @ts-nocheck -- written by hack/schema-checks.ts: do not edit, run `make generate`
import { countCodePoints, type SchemaCheck } from "../../validator/index.ts";
export const checkDaemonFile: SchemaCheck = validate10;
const schema11 = {"type":"object","additionalProperties":false,"required":["actor","operator_omni","actor_omni","broker_url","worker_url","placeholder","chain"],"properties":{"actor":{"type":"string","pattern":"^[a-z0-9-]{1,32}$"},"operator_omni":{"type":"string","pattern":"^0x[0-9a-f]{64}$"},"actor_omni":{"type":"string","pattern":"^0x[0-9a-f]{64}$"},"broker_url":{"type":"string","pattern":"^https://[^/]+$"},"worker_url":{"type":"string","pattern":"^https://[^/]+$"},"trust_bundle":{"type":"string","pattern":"^/","maxLength":4096},"placeholder":{"type":"string","pattern":"^[A-Za-z0-9_-]{16,128}$"},"tcp_port":{"type":"integer","minimum":0,"maximum":65535,"default":9090},"admin_port":{"type":"integer","minimum":0,"maximum":65535,"default":0},"log_level":{"enum":["debug","info","warn","error"],"default":"info"},"chain":{"type":"object","additionalProperties":false,"required":["id","registry"],"properties":{"id":{"type":"integer","minimum":1},"registry":{"type":"string","pattern":"^0x[0-9a-fA-F]{40}$"},"file":{"type":"string","pattern":"^/","maxLength":4096}}},"dial":{"type":"object","default":{},"propertyNames":{"pattern":"^[A-Za-z0-9.-]+:[0-9]{1,5}$"},"additionalProperties":{"type":"string","pattern":"^[A-Za-z0-9.-]+:[0-9]{1,5}$"}}}};
const func2 = Object.prototype.hasOwnProperty;
const func3 = countCodePoints;
const pattern0 = new RegExp("^[a-z0-9-]{1,32}$", "u");
const pattern1 = new RegExp("^0x[0-9a-f]{64}$", "u");
const pattern3 = new RegExp("^https://[^/]+$", "u");
const pattern5 = new RegExp("^/", "u");
const pattern6 = new RegExp("^[A-Za-z0-9_-]{16,128}$", "u");
const pattern7 = new RegExp("^0x[0-9a-fA-F]{40}$", "u");
const pattern9 = new RegExp("^[A-Za-z0-9.-]+:[0-9]{1,5}$", "u");

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
let data14 = data.dial;
if(data14 && typeof data14 == "object" && !Array.isArray(data14)){
for(const key2 in data14){
const _errs32 = errors;
if(typeof key2 === "string"){
if(!pattern9.test(key2)){
const err41 = {instancePath:instancePath+"/dial",schemaPath:"#/properties/dial/propertyNames/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9.-]+:[0-9]{1,5}$"},message:"must match pattern \""+"^[A-Za-z0-9.-]+:[0-9]{1,5}$"+"\"",propertyName:key2};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
var valid2 = _errs32 === errors;
if(!valid2){
const err42 = {instancePath:instancePath+"/dial",schemaPath:"#/properties/dial/propertyNames",keyword:"propertyNames",params:{propertyName: key2},message:"property name must be valid"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
for(const key3 in data14){
let data15 = data14[key3];
if(typeof data15 === "string"){
if(!pattern9.test(data15)){
const err43 = {instancePath:instancePath+"/dial/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/dial/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9.-]+:[0-9]{1,5}$"},message:"must match pattern \""+"^[A-Za-z0-9.-]+:[0-9]{1,5}$"+"\""};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
else {
const err44 = {instancePath:instancePath+"/dial/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/dial/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
}
else {
const err45 = {instancePath:instancePath+"/dial",schemaPath:"#/properties/dial/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
else {
const err46 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

export const checkPolicyFile: SchemaCheck = validate11;
const schema12 = {"type":"object","additionalProperties":false,"properties":{"placeholder":{"enum":["optional","required"],"default":"optional"},"rule":{"type":"array","default":[],"maxItems":256,"items":{"type":"object","additionalProperties":false,"required":["uid","services"],"properties":{"uid":{"type":"integer","minimum":0,"maximum":4294967295},"binary_path":{"type":"string","pattern":"^/","maxLength":4096},"services":{"type":"array","items":{"type":"string","pattern":"^[a-z0-9][a-z0-9._-]{0,63}$"},"maxItems":64}}}},"service":{"type":"array","default":[],"maxItems":64,"items":{"type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"type":"string","pattern":"^[a-z0-9][a-z0-9._-]{0,63}$"},"preset":{"type":"string","maxLength":2048},"upstream":{"type":"string","maxLength":2048},"auth":{"type":"object","additionalProperties":false,"required":["type"],"properties":{"type":{"enum":["bearer","header","basic","query","path"]},"name":{"type":"string","maxLength":2048},"format":{"type":"string","maxLength":2048}}},"env":{"type":"object","propertyNames":{"pattern":"^[A-Za-z_][A-Za-z0-9_]{0,63}$"},"additionalProperties":{"type":"string","maxLength":2048}},"methods":{"type":"array","items":{"enum":["GET","HEAD","POST","PUT","PATCH","DELETE","OPTIONS"]},"maxItems":16},"paths":{"type":"array","items":{"type":"string","maxLength":2048},"maxItems":128},"deny_paths":{"type":"array","items":{"type":"string","maxLength":2048},"maxItems":128},"path_prefix":{"type":"string","maxLength":2048},"ca_bundle":{"type":"string","pattern":"^/","maxLength":4096},"allow_private_addresses":{"type":"boolean"},"allow_insecure":{"type":"boolean"},"requests_per_minute":{"type":"integer","minimum":1},"requests_per_hour":{"type":"integer","minimum":1},"max_concurrent":{"type":"integer","minimum":1},"max_body_bytes":{"type":"integer","minimum":1},"daily_usd":{"type":"string","maxLength":32}}}}}};
const pattern12 = new RegExp("^[a-z0-9][a-z0-9._-]{0,63}$", "u");
const pattern14 = new RegExp("^[A-Za-z_][A-Za-z0-9_]{0,63}$", "u");

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
if(data.service === undefined){
data.service = [];
}
for(const key0 in data){
if(!(((key0 === "placeholder") || (key0 === "rule")) || (key0 === "service"))){
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
if(!pattern12.test(data6)){
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
let data7 = data.service;
if(Array.isArray(data7)){
if(data7.length > 64){
const err18 = {instancePath:instancePath+"/service",schemaPath:"#/properties/service/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
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
if(data8.name === undefined){
const err19 = {instancePath:instancePath+"/service/" + i2,schemaPath:"#/properties/service/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
for(const key2 in data8){
if(!(func2.call(schema12.properties.service.items.properties, key2))){
const err20 = {instancePath:instancePath+"/service/" + i2,schemaPath:"#/properties/service/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data8.name !== undefined){
let data9 = data8.name;
if(typeof data9 === "string"){
if(!pattern12.test(data9)){
const err21 = {instancePath:instancePath+"/service/" + i2+"/name",schemaPath:"#/properties/service/items/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]{0,63}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9._-]{0,63}$"+"\""};
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
const err22 = {instancePath:instancePath+"/service/" + i2+"/name",schemaPath:"#/properties/service/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data8.preset !== undefined){
let data10 = data8.preset;
if(typeof data10 === "string"){
if(func3(data10) > 2048){
const err23 = {instancePath:instancePath+"/service/" + i2+"/preset",schemaPath:"#/properties/service/items/properties/preset/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
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
const err24 = {instancePath:instancePath+"/service/" + i2+"/preset",schemaPath:"#/properties/service/items/properties/preset/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data8.upstream !== undefined){
let data11 = data8.upstream;
if(typeof data11 === "string"){
if(func3(data11) > 2048){
const err25 = {instancePath:instancePath+"/service/" + i2+"/upstream",schemaPath:"#/properties/service/items/properties/upstream/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
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
const err26 = {instancePath:instancePath+"/service/" + i2+"/upstream",schemaPath:"#/properties/service/items/properties/upstream/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data8.auth !== undefined){
let data12 = data8.auth;
if(data12 && typeof data12 == "object" && !Array.isArray(data12)){
if(data12.type === undefined){
const err27 = {instancePath:instancePath+"/service/" + i2+"/auth",schemaPath:"#/properties/service/items/properties/auth/required",keyword:"required",params:{missingProperty: "type"},message:"must have required property '"+"type"+"'"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
for(const key3 in data12){
if(!(((key3 === "type") || (key3 === "name")) || (key3 === "format"))){
const err28 = {instancePath:instancePath+"/service/" + i2+"/auth",schemaPath:"#/properties/service/items/properties/auth/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data12.type !== undefined){
let data13 = data12.type;
if(!(((((data13 === "bearer") || (data13 === "header")) || (data13 === "basic")) || (data13 === "query")) || (data13 === "path"))){
const err29 = {instancePath:instancePath+"/service/" + i2+"/auth/type",schemaPath:"#/properties/service/items/properties/auth/properties/type/enum",keyword:"enum",params:{allowedValues: schema12.properties.service.items.properties.auth.properties.type.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data12.name !== undefined){
let data14 = data12.name;
if(typeof data14 === "string"){
if(func3(data14) > 2048){
const err30 = {instancePath:instancePath+"/service/" + i2+"/auth/name",schemaPath:"#/properties/service/items/properties/auth/properties/name/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
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
const err31 = {instancePath:instancePath+"/service/" + i2+"/auth/name",schemaPath:"#/properties/service/items/properties/auth/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data12.format !== undefined){
let data15 = data12.format;
if(typeof data15 === "string"){
if(func3(data15) > 2048){
const err32 = {instancePath:instancePath+"/service/" + i2+"/auth/format",schemaPath:"#/properties/service/items/properties/auth/properties/format/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
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
const err33 = {instancePath:instancePath+"/service/" + i2+"/auth/format",schemaPath:"#/properties/service/items/properties/auth/properties/format/type",keyword:"type",params:{type: "string"},message:"must be string"};
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
const err34 = {instancePath:instancePath+"/service/" + i2+"/auth",schemaPath:"#/properties/service/items/properties/auth/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data8.env !== undefined){
let data16 = data8.env;
if(data16 && typeof data16 == "object" && !Array.isArray(data16)){
for(const key4 in data16){
const _errs37 = errors;
if(typeof key4 === "string"){
if(!pattern14.test(key4)){
const err35 = {instancePath:instancePath+"/service/" + i2+"/env",schemaPath:"#/properties/service/items/properties/env/propertyNames/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]{0,63}$"},message:"must match pattern \""+"^[A-Za-z_][A-Za-z0-9_]{0,63}$"+"\"",propertyName:key4};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
var valid10 = _errs37 === errors;
if(!valid10){
const err36 = {instancePath:instancePath+"/service/" + i2+"/env",schemaPath:"#/properties/service/items/properties/env/propertyNames",keyword:"propertyNames",params:{propertyName: key4},message:"property name must be valid"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
for(const key5 in data16){
let data17 = data16[key5];
if(typeof data17 === "string"){
if(func3(data17) > 2048){
const err37 = {instancePath:instancePath+"/service/" + i2+"/env/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/service/items/properties/env/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
else {
const err38 = {instancePath:instancePath+"/service/" + i2+"/env/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/service/items/properties/env/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
}
else {
const err39 = {instancePath:instancePath+"/service/" + i2+"/env",schemaPath:"#/properties/service/items/properties/env/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data8.methods !== undefined){
let data18 = data8.methods;
if(Array.isArray(data18)){
if(data18.length > 16){
const err40 = {instancePath:instancePath+"/service/" + i2+"/methods",schemaPath:"#/properties/service/items/properties/methods/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
const len3 = data18.length;
for(let i3=0; i3<len3; i3++){
let data19 = data18[i3];
if(!(((((((data19 === "GET") || (data19 === "HEAD")) || (data19 === "POST")) || (data19 === "PUT")) || (data19 === "PATCH")) || (data19 === "DELETE")) || (data19 === "OPTIONS"))){
const err41 = {instancePath:instancePath+"/service/" + i2+"/methods/" + i3,schemaPath:"#/properties/service/items/properties/methods/items/enum",keyword:"enum",params:{allowedValues: schema12.properties.service.items.properties.methods.items.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
}
else {
const err42 = {instancePath:instancePath+"/service/" + i2+"/methods",schemaPath:"#/properties/service/items/properties/methods/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data8.paths !== undefined){
let data20 = data8.paths;
if(Array.isArray(data20)){
if(data20.length > 128){
const err43 = {instancePath:instancePath+"/service/" + i2+"/paths",schemaPath:"#/properties/service/items/properties/paths/maxItems",keyword:"maxItems",params:{limit: 128},message:"must NOT have more than 128 items"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
const len4 = data20.length;
for(let i4=0; i4<len4; i4++){
let data21 = data20[i4];
if(typeof data21 === "string"){
if(func3(data21) > 2048){
const err44 = {instancePath:instancePath+"/service/" + i2+"/paths/" + i4,schemaPath:"#/properties/service/items/properties/paths/items/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
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
const err45 = {instancePath:instancePath+"/service/" + i2+"/paths/" + i4,schemaPath:"#/properties/service/items/properties/paths/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
}
else {
const err46 = {instancePath:instancePath+"/service/" + i2+"/paths",schemaPath:"#/properties/service/items/properties/paths/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
if(data8.deny_paths !== undefined){
let data22 = data8.deny_paths;
if(Array.isArray(data22)){
if(data22.length > 128){
const err47 = {instancePath:instancePath+"/service/" + i2+"/deny_paths",schemaPath:"#/properties/service/items/properties/deny_paths/maxItems",keyword:"maxItems",params:{limit: 128},message:"must NOT have more than 128 items"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
const len5 = data22.length;
for(let i5=0; i5<len5; i5++){
let data23 = data22[i5];
if(typeof data23 === "string"){
if(func3(data23) > 2048){
const err48 = {instancePath:instancePath+"/service/" + i2+"/deny_paths/" + i5,schemaPath:"#/properties/service/items/properties/deny_paths/items/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
else {
const err49 = {instancePath:instancePath+"/service/" + i2+"/deny_paths/" + i5,schemaPath:"#/properties/service/items/properties/deny_paths/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
}
else {
const err50 = {instancePath:instancePath+"/service/" + i2+"/deny_paths",schemaPath:"#/properties/service/items/properties/deny_paths/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
if(data8.path_prefix !== undefined){
let data24 = data8.path_prefix;
if(typeof data24 === "string"){
if(func3(data24) > 2048){
const err51 = {instancePath:instancePath+"/service/" + i2+"/path_prefix",schemaPath:"#/properties/service/items/properties/path_prefix/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
else {
const err52 = {instancePath:instancePath+"/service/" + i2+"/path_prefix",schemaPath:"#/properties/service/items/properties/path_prefix/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
if(data8.ca_bundle !== undefined){
let data25 = data8.ca_bundle;
if(typeof data25 === "string"){
if(func3(data25) > 4096){
const err53 = {instancePath:instancePath+"/service/" + i2+"/ca_bundle",schemaPath:"#/properties/service/items/properties/ca_bundle/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
if(!pattern5.test(data25)){
const err54 = {instancePath:instancePath+"/service/" + i2+"/ca_bundle",schemaPath:"#/properties/service/items/properties/ca_bundle/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\""};
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
const err55 = {instancePath:instancePath+"/service/" + i2+"/ca_bundle",schemaPath:"#/properties/service/items/properties/ca_bundle/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
if(data8.allow_private_addresses !== undefined){
if(typeof data8.allow_private_addresses !== "boolean"){
const err56 = {instancePath:instancePath+"/service/" + i2+"/allow_private_addresses",schemaPath:"#/properties/service/items/properties/allow_private_addresses/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
if(data8.allow_insecure !== undefined){
if(typeof data8.allow_insecure !== "boolean"){
const err57 = {instancePath:instancePath+"/service/" + i2+"/allow_insecure",schemaPath:"#/properties/service/items/properties/allow_insecure/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
if(data8.requests_per_minute !== undefined){
let data28 = data8.requests_per_minute;
if(!(((typeof data28 == "number") && (!(data28 % 1) && !isNaN(data28))) && (isFinite(data28)))){
const err58 = {instancePath:instancePath+"/service/" + i2+"/requests_per_minute",schemaPath:"#/properties/service/items/properties/requests_per_minute/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
if((typeof data28 == "number") && (isFinite(data28))){
if(data28 < 1 || isNaN(data28)){
const err59 = {instancePath:instancePath+"/service/" + i2+"/requests_per_minute",schemaPath:"#/properties/service/items/properties/requests_per_minute/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
}
if(data8.requests_per_hour !== undefined){
let data29 = data8.requests_per_hour;
if(!(((typeof data29 == "number") && (!(data29 % 1) && !isNaN(data29))) && (isFinite(data29)))){
const err60 = {instancePath:instancePath+"/service/" + i2+"/requests_per_hour",schemaPath:"#/properties/service/items/properties/requests_per_hour/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
if((typeof data29 == "number") && (isFinite(data29))){
if(data29 < 1 || isNaN(data29)){
const err61 = {instancePath:instancePath+"/service/" + i2+"/requests_per_hour",schemaPath:"#/properties/service/items/properties/requests_per_hour/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
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
if(data8.max_concurrent !== undefined){
let data30 = data8.max_concurrent;
if(!(((typeof data30 == "number") && (!(data30 % 1) && !isNaN(data30))) && (isFinite(data30)))){
const err62 = {instancePath:instancePath+"/service/" + i2+"/max_concurrent",schemaPath:"#/properties/service/items/properties/max_concurrent/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
if((typeof data30 == "number") && (isFinite(data30))){
if(data30 < 1 || isNaN(data30)){
const err63 = {instancePath:instancePath+"/service/" + i2+"/max_concurrent",schemaPath:"#/properties/service/items/properties/max_concurrent/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
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
if(data8.max_body_bytes !== undefined){
let data31 = data8.max_body_bytes;
if(!(((typeof data31 == "number") && (!(data31 % 1) && !isNaN(data31))) && (isFinite(data31)))){
const err64 = {instancePath:instancePath+"/service/" + i2+"/max_body_bytes",schemaPath:"#/properties/service/items/properties/max_body_bytes/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
if((typeof data31 == "number") && (isFinite(data31))){
if(data31 < 1 || isNaN(data31)){
const err65 = {instancePath:instancePath+"/service/" + i2+"/max_body_bytes",schemaPath:"#/properties/service/items/properties/max_body_bytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
}
if(data8.daily_usd !== undefined){
let data32 = data8.daily_usd;
if(typeof data32 === "string"){
if(func3(data32) > 32){
const err66 = {instancePath:instancePath+"/service/" + i2+"/daily_usd",schemaPath:"#/properties/service/items/properties/daily_usd/maxLength",keyword:"maxLength",params:{limit: 32},message:"must NOT have more than 32 characters"};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
else {
const err67 = {instancePath:instancePath+"/service/" + i2+"/daily_usd",schemaPath:"#/properties/service/items/properties/daily_usd/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
}
else {
const err68 = {instancePath:instancePath+"/service/" + i2,schemaPath:"#/properties/service/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
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
const err69 = {instancePath:instancePath+"/service",schemaPath:"#/properties/service/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
else {
const err70 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
validate11.errors = vErrors;
return errors === 0;
}
