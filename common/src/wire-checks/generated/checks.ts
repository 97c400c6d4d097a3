// @ts-nocheck -- written by hack/schema-checks.ts: do not edit, run `make generate`
import { countCodePoints, type SchemaCheck } from "../../validator/index.ts";
export const checkCapRequest: SchemaCheck = validate10;
const schema11 = {"type":"object","additionalProperties":false,"required":["operator_omni","actor_omni","service","device_key_hash"],"properties":{"operator_omni":{"type":"string","pattern":"^0x[0-9a-fA-F]{64}$"},"actor_omni":{"type":"string","pattern":"^0x[0-9a-fA-F]{64}$"},"service":{"type":"string","pattern":"^[a-z0-9][a-z0-9._-]{0,63}$"},"device_key_hash":{"type":"string","pattern":"^0x[0-9a-fA-F]{64}$"},"ttl_seconds":{"type":"integer","minimum":1}}};
const pattern0 = new RegExp("^0x[0-9a-fA-F]{64}$", "u");
const pattern2 = new RegExp("^[a-z0-9][a-z0-9._-]{0,63}$", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.operator_omni === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "operator_omni"},message:"must have required property '"+"operator_omni"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.actor_omni === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "actor_omni"},message:"must have required property '"+"actor_omni"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.service === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "service"},message:"must have required property '"+"service"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.device_key_hash === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "device_key_hash"},message:"must have required property '"+"device_key_hash"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!(((((key0 === "operator_omni") || (key0 === "actor_omni")) || (key0 === "service")) || (key0 === "device_key_hash")) || (key0 === "ttl_seconds"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.operator_omni !== undefined){
let data0 = data.operator_omni;
if(typeof data0 === "string"){
if(!pattern0.test(data0)){
const err5 = {instancePath:instancePath+"/operator_omni",schemaPath:"#/properties/operator_omni/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-fA-F]{64}$"},message:"must match pattern \""+"^0x[0-9a-fA-F]{64}$"+"\""};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/operator_omni",schemaPath:"#/properties/operator_omni/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.actor_omni !== undefined){
let data1 = data.actor_omni;
if(typeof data1 === "string"){
if(!pattern0.test(data1)){
const err7 = {instancePath:instancePath+"/actor_omni",schemaPath:"#/properties/actor_omni/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-fA-F]{64}$"},message:"must match pattern \""+"^0x[0-9a-fA-F]{64}$"+"\""};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/actor_omni",schemaPath:"#/properties/actor_omni/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.service !== undefined){
let data2 = data.service;
if(typeof data2 === "string"){
if(!pattern2.test(data2)){
const err9 = {instancePath:instancePath+"/service",schemaPath:"#/properties/service/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]{0,63}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9._-]{0,63}$"+"\""};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/service",schemaPath:"#/properties/service/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.device_key_hash !== undefined){
let data3 = data.device_key_hash;
if(typeof data3 === "string"){
if(!pattern0.test(data3)){
const err11 = {instancePath:instancePath+"/device_key_hash",schemaPath:"#/properties/device_key_hash/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-fA-F]{64}$"},message:"must match pattern \""+"^0x[0-9a-fA-F]{64}$"+"\""};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/device_key_hash",schemaPath:"#/properties/device_key_hash/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.ttl_seconds !== undefined){
let data4 = data.ttl_seconds;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
const err13 = {instancePath:instancePath+"/ttl_seconds",schemaPath:"#/properties/ttl_seconds/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 < 1 || isNaN(data4)){
const err14 = {instancePath:instancePath+"/ttl_seconds",schemaPath:"#/properties/ttl_seconds/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
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
}
else {
const err15 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

export const checkDeriveKek: SchemaCheck = validate11;
const schema12 = {"type":"object","additionalProperties":false,"required":["cap","delegation","proof"],"properties":{"cap":{"type":"string","maxLength":8192},"delegation":{"type":"string","maxLength":8192},"proof":{"type":"string","maxLength":4096},"envelope_version":{"enum":[1,2,4]},"k3_epoch":{"type":"integer","minimum":1,"maximum":255}}};
const func2 = countCodePoints;

function validate11(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.cap === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "cap"},message:"must have required property '"+"cap"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.delegation === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "delegation"},message:"must have required property '"+"delegation"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.proof === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "proof"},message:"must have required property '"+"proof"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
for(const key0 in data){
if(!(((((key0 === "cap") || (key0 === "delegation")) || (key0 === "proof")) || (key0 === "envelope_version")) || (key0 === "k3_epoch"))){
const err3 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.cap !== undefined){
let data0 = data.cap;
if(typeof data0 === "string"){
if(func2(data0) > 8192){
const err4 = {instancePath:instancePath+"/cap",schemaPath:"#/properties/cap/maxLength",keyword:"maxLength",params:{limit: 8192},message:"must NOT have more than 8192 characters"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/cap",schemaPath:"#/properties/cap/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.delegation !== undefined){
let data1 = data.delegation;
if(typeof data1 === "string"){
if(func2(data1) > 8192){
const err6 = {instancePath:instancePath+"/delegation",schemaPath:"#/properties/delegation/maxLength",keyword:"maxLength",params:{limit: 8192},message:"must NOT have more than 8192 characters"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/delegation",schemaPath:"#/properties/delegation/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.proof !== undefined){
let data2 = data.proof;
if(typeof data2 === "string"){
if(func2(data2) > 4096){
const err8 = {instancePath:instancePath+"/proof",schemaPath:"#/properties/proof/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"};
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
const err9 = {instancePath:instancePath+"/proof",schemaPath:"#/properties/proof/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.envelope_version !== undefined){
let data3 = data.envelope_version;
if(!(((data3 === 1) || (data3 === 2)) || (data3 === 4))){
const err10 = {instancePath:instancePath+"/envelope_version",schemaPath:"#/properties/envelope_version/enum",keyword:"enum",params:{allowedValues: schema12.properties.envelope_version.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.k3_epoch !== undefined){
let data4 = data.k3_epoch;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
const err11 = {instancePath:instancePath+"/k3_epoch",schemaPath:"#/properties/k3_epoch/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 255 || isNaN(data4)){
const err12 = {instancePath:instancePath+"/k3_epoch",schemaPath:"#/properties/k3_epoch/maximum",keyword:"maximum",params:{comparison: "<=", limit: 255},message:"must be <= 255"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data4 < 1 || isNaN(data4)){
const err13 = {instancePath:instancePath+"/k3_epoch",schemaPath:"#/properties/k3_epoch/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
}
else {
const err14 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
validate11.errors = vErrors;
return errors === 0;
}

export const checkEmptyBody: SchemaCheck = validate12;
const schema13 = {"type":"object","additionalProperties":false};

function validate12(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
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
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate12.errors = vErrors;
return errors === 0;
}

export const checkEnrollAnswer: SchemaCheck = validate13;
const schema14 = {"type":"object","additionalProperties":false,"required":["delegation","binding"],"properties":{"delegation":{"type":"string","maxLength":8192},"binding":{"type":"object","additionalProperties":false,"required":["policy","version"],"properties":{"policy":{"type":"object","additionalProperties":false,"required":["version","namespace","binding","agent","operatorOmni","actorOmni","deviceKeyHash","placeholder","suspended","services"],"properties":{"version":{"type":"string","maxLength":2048},"namespace":{"type":"string","maxLength":2048},"binding":{"type":"string","maxLength":2048},"agent":{"type":"string","maxLength":2048},"operatorOmni":{"type":"string","pattern":"^0x[0-9a-f]{64}$"},"actorOmni":{"type":"string","pattern":"^0x[0-9a-f]{64}$"},"deviceKeyHash":{"type":"string","pattern":"^0x[0-9a-f]{64}$"},"placeholder":{"enum":["Optional","Required"]},"suspended":{"type":"boolean"},"services":{"type":"array","maxItems":64,"items":{"type":"object","additionalProperties":false,"required":["name","hash","upstream","auth","methods","paths","denyPaths","allowPrivateAddresses","allowInsecure","errorShape","limits"],"properties":{"name":{"type":"string","pattern":"^[a-z0-9][a-z0-9._-]{0,63}$"},"hash":{"type":"string","pattern":"^0x[0-9a-f]{64}$"},"upstream":{"type":"string","pattern":"^https?://","maxLength":2048},"auth":{"type":"object","additionalProperties":false,"required":["type"],"properties":{"type":{"enum":["bearer","header","basic","query","path"]},"name":{"type":"string","maxLength":2048},"format":{"type":"string","maxLength":2048}}},"methods":{"type":"array","items":{"type":"string","maxLength":2048},"maxItems":256},"paths":{"type":"array","items":{"type":"string","maxLength":2048},"maxItems":256},"denyPaths":{"type":"array","items":{"type":"string","maxLength":2048},"maxItems":256},"pathPrefix":{"type":"string","maxLength":2048},"tls":{"type":"object","additionalProperties":false,"required":["caBundle"],"properties":{"caBundle":{"type":"string","maxLength":262144}}},"allowPrivateAddresses":{"type":"boolean"},"allowInsecure":{"type":"boolean"},"errorShape":{"enum":["openai","anthropic","generic"]},"limits":{"type":"object","additionalProperties":false,"properties":{"requestsPerMinute":{"type":"integer","minimum":1},"requestsPerHour":{"type":"integer","minimum":1},"maxConcurrent":{"type":"integer","minimum":1},"maxBodyBytes":{"type":"integer","minimum":1},"dailyNanoUsd":{"type":"integer","minimum":1,"maximum":1000000000000000}}},"pricing":{"type":"object","additionalProperties":false,"required":["provider","unknownModel"],"properties":{"provider":{"type":"string","pattern":"^[a-z0-9][a-z0-9._-]{0,63}$"},"unknownModel":{"enum":["Refuse","ChargeDearest"]}}},"budget":{"type":"string","maxLength":1024},"callers":{"type":"array","maxItems":64,"items":{"oneOf":[{"type":"object","additionalProperties":false,"required":["uid"],"properties":{"uid":{"type":"integer","minimum":0,"maximum":4294967295},"binaryPath":{"type":"string","pattern":"^/","maxLength":4096}}},{"type":"object","additionalProperties":false,"required":["spiffeId"],"properties":{"spiffeId":{"type":"string","pattern":"^spiffe://[a-z0-9._-]+(/[A-Za-z0-9._-]+)+$","maxLength":2048},"publicKeySha256":{"type":"string","pattern":"^[0-9a-f]{64}$"},"measurement":{"type":"string","minLength":1,"maxLength":1024}}}]}}}}},"attestation":{"type":"object","additionalProperties":false,"required":["issuer","keys","measurementClaim","maxAgeSeconds"],"properties":{"issuer":{"type":"string","minLength":1,"maxLength":2048},"audience":{"type":"string","minLength":1,"maxLength":2048},"keys":{"type":"array","minItems":1,"maxItems":8,"items":{"type":"string","maxLength":16384}},"measurementClaim":{"type":"string","pattern":"^(/([^~/]|~[01])*)+$","maxLength":512},"require":{"type":"array","maxItems":16,"items":{"type":"object","additionalProperties":false,"required":["claim","value"],"properties":{"claim":{"type":"string","pattern":"^(/([^~/]|~[01])*)+$","maxLength":512},"value":{"type":"string","maxLength":2048}}}},"maxAgeSeconds":{"type":"integer","minimum":1,"maximum":86400}}}}},"version":{"type":"string","maxLength":256},"trustBundle":{"type":"string","minLength":1,"maxLength":65536}}}}};
const func6 = Object.prototype.hasOwnProperty;
const pattern4 = new RegExp("^0x[0-9a-f]{64}$", "u");
const pattern9 = new RegExp("^https?://", "u");
const pattern11 = new RegExp("^/", "u");
const pattern12 = new RegExp("^spiffe://[a-z0-9._-]+(/[A-Za-z0-9._-]+)+$", "u");
const pattern13 = new RegExp("^[0-9a-f]{64}$", "u");
const pattern14 = new RegExp("^(/([^~/]|~[01])*)+$", "u");

function validate13(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.delegation === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "delegation"},message:"must have required property '"+"delegation"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.binding === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "binding"},message:"must have required property '"+"binding"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!((key0 === "delegation") || (key0 === "binding"))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.delegation !== undefined){
let data0 = data.delegation;
if(typeof data0 === "string"){
if(func2(data0) > 8192){
const err3 = {instancePath:instancePath+"/delegation",schemaPath:"#/properties/delegation/maxLength",keyword:"maxLength",params:{limit: 8192},message:"must NOT have more than 8192 characters"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/delegation",schemaPath:"#/properties/delegation/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.binding !== undefined){
let data1 = data.binding;
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
if(data1.policy === undefined){
const err5 = {instancePath:instancePath+"/binding",schemaPath:"#/properties/binding/required",keyword:"required",params:{missingProperty: "policy"},message:"must have required property '"+"policy"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data1.version === undefined){
const err6 = {instancePath:instancePath+"/binding",schemaPath:"#/properties/binding/required",keyword:"required",params:{missingProperty: "version"},message:"must have required property '"+"version"+"'"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
for(const key1 in data1){
if(!(((key1 === "policy") || (key1 === "version")) || (key1 === "trustBundle"))){
const err7 = {instancePath:instancePath+"/binding",schemaPath:"#/properties/binding/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data1.policy !== undefined){
let data2 = data1.policy;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.version === undefined){
const err8 = {instancePath:instancePath+"/binding/policy",schemaPath:"#/properties/binding/properties/policy/required",keyword:"required",params:{missingProperty: "version"},message:"must have required property '"+"version"+"'"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data2.namespace === undefined){
const err9 = {instancePath:instancePath+"/binding/policy",schemaPath:"#/properties/binding/properties/policy/required",keyword:"required",params:{missingProperty: "namespace"},message:"must have required property '"+"namespace"+"'"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data2.binding === undefined){
const err10 = {instancePath:instancePath+"/binding/policy",schemaPath:"#/properties/binding/properties/policy/required",keyword:"required",params:{missingProperty: "binding"},message:"must have required property '"+"binding"+"'"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data2.agent === undefined){
const err11 = {instancePath:instancePath+"/binding/policy",schemaPath:"#/properties/binding/properties/policy/required",keyword:"required",params:{missingProperty: "agent"},message:"must have required property '"+"agent"+"'"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data2.operatorOmni === undefined){
const err12 = {instancePath:instancePath+"/binding/policy",schemaPath:"#/properties/binding/properties/policy/required",keyword:"required",params:{missingProperty: "operatorOmni"},message:"must have required property '"+"operatorOmni"+"'"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data2.actorOmni === undefined){
const err13 = {instancePath:instancePath+"/binding/policy",schemaPath:"#/properties/binding/properties/policy/required",keyword:"required",params:{missingProperty: "actorOmni"},message:"must have required property '"+"actorOmni"+"'"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data2.deviceKeyHash === undefined){
const err14 = {instancePath:instancePath+"/binding/policy",schemaPath:"#/properties/binding/properties/policy/required",keyword:"required",params:{missingProperty: "deviceKeyHash"},message:"must have required property '"+"deviceKeyHash"+"'"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(data2.placeholder === undefined){
const err15 = {instancePath:instancePath+"/binding/policy",schemaPath:"#/properties/binding/properties/policy/required",keyword:"required",params:{missingProperty: "placeholder"},message:"must have required property '"+"placeholder"+"'"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if(data2.suspended === undefined){
const err16 = {instancePath:instancePath+"/binding/policy",schemaPath:"#/properties/binding/properties/policy/required",keyword:"required",params:{missingProperty: "suspended"},message:"must have required property '"+"suspended"+"'"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data2.services === undefined){
const err17 = {instancePath:instancePath+"/binding/policy",schemaPath:"#/properties/binding/properties/policy/required",keyword:"required",params:{missingProperty: "services"},message:"must have required property '"+"services"+"'"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
for(const key2 in data2){
if(!(func6.call(schema14.properties.binding.properties.policy.properties, key2))){
const err18 = {instancePath:instancePath+"/binding/policy",schemaPath:"#/properties/binding/properties/policy/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data2.version !== undefined){
let data3 = data2.version;
if(typeof data3 === "string"){
if(func2(data3) > 2048){
const err19 = {instancePath:instancePath+"/binding/policy/version",schemaPath:"#/properties/binding/properties/policy/properties/version/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
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
const err20 = {instancePath:instancePath+"/binding/policy/version",schemaPath:"#/properties/binding/properties/policy/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data2.namespace !== undefined){
let data4 = data2.namespace;
if(typeof data4 === "string"){
if(func2(data4) > 2048){
const err21 = {instancePath:instancePath+"/binding/policy/namespace",schemaPath:"#/properties/binding/properties/policy/properties/namespace/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
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
const err22 = {instancePath:instancePath+"/binding/policy/namespace",schemaPath:"#/properties/binding/properties/policy/properties/namespace/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data2.binding !== undefined){
let data5 = data2.binding;
if(typeof data5 === "string"){
if(func2(data5) > 2048){
const err23 = {instancePath:instancePath+"/binding/policy/binding",schemaPath:"#/properties/binding/properties/policy/properties/binding/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
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
const err24 = {instancePath:instancePath+"/binding/policy/binding",schemaPath:"#/properties/binding/properties/policy/properties/binding/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data2.agent !== undefined){
let data6 = data2.agent;
if(typeof data6 === "string"){
if(func2(data6) > 2048){
const err25 = {instancePath:instancePath+"/binding/policy/agent",schemaPath:"#/properties/binding/properties/policy/properties/agent/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
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
const err26 = {instancePath:instancePath+"/binding/policy/agent",schemaPath:"#/properties/binding/properties/policy/properties/agent/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data2.operatorOmni !== undefined){
let data7 = data2.operatorOmni;
if(typeof data7 === "string"){
if(!pattern4.test(data7)){
const err27 = {instancePath:instancePath+"/binding/policy/operatorOmni",schemaPath:"#/properties/binding/properties/policy/properties/operatorOmni/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-f]{64}$"},message:"must match pattern \""+"^0x[0-9a-f]{64}$"+"\""};
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
const err28 = {instancePath:instancePath+"/binding/policy/operatorOmni",schemaPath:"#/properties/binding/properties/policy/properties/operatorOmni/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data2.actorOmni !== undefined){
let data8 = data2.actorOmni;
if(typeof data8 === "string"){
if(!pattern4.test(data8)){
const err29 = {instancePath:instancePath+"/binding/policy/actorOmni",schemaPath:"#/properties/binding/properties/policy/properties/actorOmni/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-f]{64}$"},message:"must match pattern \""+"^0x[0-9a-f]{64}$"+"\""};
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
const err30 = {instancePath:instancePath+"/binding/policy/actorOmni",schemaPath:"#/properties/binding/properties/policy/properties/actorOmni/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data2.deviceKeyHash !== undefined){
let data9 = data2.deviceKeyHash;
if(typeof data9 === "string"){
if(!pattern4.test(data9)){
const err31 = {instancePath:instancePath+"/binding/policy/deviceKeyHash",schemaPath:"#/properties/binding/properties/policy/properties/deviceKeyHash/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-f]{64}$"},message:"must match pattern \""+"^0x[0-9a-f]{64}$"+"\""};
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
const err32 = {instancePath:instancePath+"/binding/policy/deviceKeyHash",schemaPath:"#/properties/binding/properties/policy/properties/deviceKeyHash/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(data2.placeholder !== undefined){
let data10 = data2.placeholder;
if(!((data10 === "Optional") || (data10 === "Required"))){
const err33 = {instancePath:instancePath+"/binding/policy/placeholder",schemaPath:"#/properties/binding/properties/policy/properties/placeholder/enum",keyword:"enum",params:{allowedValues: schema14.properties.binding.properties.policy.properties.placeholder.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data2.suspended !== undefined){
if(typeof data2.suspended !== "boolean"){
const err34 = {instancePath:instancePath+"/binding/policy/suspended",schemaPath:"#/properties/binding/properties/policy/properties/suspended/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data2.services !== undefined){
let data12 = data2.services;
if(Array.isArray(data12)){
if(data12.length > 64){
const err35 = {instancePath:instancePath+"/binding/policy/services",schemaPath:"#/properties/binding/properties/policy/properties/services/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
const len0 = data12.length;
for(let i0=0; i0<len0; i0++){
let data13 = data12[i0];
if(data13 && typeof data13 == "object" && !Array.isArray(data13)){
if(data13.name === undefined){
const err36 = {instancePath:instancePath+"/binding/policy/services/" + i0,schemaPath:"#/properties/binding/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if(data13.hash === undefined){
const err37 = {instancePath:instancePath+"/binding/policy/services/" + i0,schemaPath:"#/properties/binding/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "hash"},message:"must have required property '"+"hash"+"'"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(data13.upstream === undefined){
const err38 = {instancePath:instancePath+"/binding/policy/services/" + i0,schemaPath:"#/properties/binding/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "upstream"},message:"must have required property '"+"upstream"+"'"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
if(data13.auth === undefined){
const err39 = {instancePath:instancePath+"/binding/policy/services/" + i0,schemaPath:"#/properties/binding/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "auth"},message:"must have required property '"+"auth"+"'"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
if(data13.methods === undefined){
const err40 = {instancePath:instancePath+"/binding/policy/services/" + i0,schemaPath:"#/properties/binding/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "methods"},message:"must have required property '"+"methods"+"'"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(data13.paths === undefined){
const err41 = {instancePath:instancePath+"/binding/policy/services/" + i0,schemaPath:"#/properties/binding/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "paths"},message:"must have required property '"+"paths"+"'"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
if(data13.denyPaths === undefined){
const err42 = {instancePath:instancePath+"/binding/policy/services/" + i0,schemaPath:"#/properties/binding/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "denyPaths"},message:"must have required property '"+"denyPaths"+"'"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
if(data13.allowPrivateAddresses === undefined){
const err43 = {instancePath:instancePath+"/binding/policy/services/" + i0,schemaPath:"#/properties/binding/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "allowPrivateAddresses"},message:"must have required property '"+"allowPrivateAddresses"+"'"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if(data13.allowInsecure === undefined){
const err44 = {instancePath:instancePath+"/binding/policy/services/" + i0,schemaPath:"#/properties/binding/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "allowInsecure"},message:"must have required property '"+"allowInsecure"+"'"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
if(data13.errorShape === undefined){
const err45 = {instancePath:instancePath+"/binding/policy/services/" + i0,schemaPath:"#/properties/binding/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "errorShape"},message:"must have required property '"+"errorShape"+"'"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
if(data13.limits === undefined){
const err46 = {instancePath:instancePath+"/binding/policy/services/" + i0,schemaPath:"#/properties/binding/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "limits"},message:"must have required property '"+"limits"+"'"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
for(const key3 in data13){
if(!(func6.call(schema14.properties.binding.properties.policy.properties.services.items.properties, key3))){
const err47 = {instancePath:instancePath+"/binding/policy/services/" + i0,schemaPath:"#/properties/binding/properties/policy/properties/services/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
if(data13.name !== undefined){
let data14 = data13.name;
if(typeof data14 === "string"){
if(!pattern2.test(data14)){
const err48 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/name",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]{0,63}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9._-]{0,63}$"+"\""};
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
const err49 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/name",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
if(data13.hash !== undefined){
let data15 = data13.hash;
if(typeof data15 === "string"){
if(!pattern4.test(data15)){
const err50 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/hash",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/hash/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-f]{64}$"},message:"must match pattern \""+"^0x[0-9a-f]{64}$"+"\""};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
else {
const err51 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/hash",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/hash/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
if(data13.upstream !== undefined){
let data16 = data13.upstream;
if(typeof data16 === "string"){
if(func2(data16) > 2048){
const err52 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/upstream",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/upstream/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
if(!pattern9.test(data16)){
const err53 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/upstream",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/upstream/pattern",keyword:"pattern",params:{pattern: "^https?://"},message:"must match pattern \""+"^https?://"+"\""};
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
const err54 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/upstream",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/upstream/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
if(data13.auth !== undefined){
let data17 = data13.auth;
if(data17 && typeof data17 == "object" && !Array.isArray(data17)){
if(data17.type === undefined){
const err55 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/auth",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/auth/required",keyword:"required",params:{missingProperty: "type"},message:"must have required property '"+"type"+"'"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
for(const key4 in data17){
if(!(((key4 === "type") || (key4 === "name")) || (key4 === "format"))){
const err56 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/auth",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/auth/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
if(data17.type !== undefined){
let data18 = data17.type;
if(!(((((data18 === "bearer") || (data18 === "header")) || (data18 === "basic")) || (data18 === "query")) || (data18 === "path"))){
const err57 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/auth/type",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/auth/properties/type/enum",keyword:"enum",params:{allowedValues: schema14.properties.binding.properties.policy.properties.services.items.properties.auth.properties.type.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
if(data17.name !== undefined){
let data19 = data17.name;
if(typeof data19 === "string"){
if(func2(data19) > 2048){
const err58 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/auth/name",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/auth/properties/name/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
else {
const err59 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/auth/name",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/auth/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
if(data17.format !== undefined){
let data20 = data17.format;
if(typeof data20 === "string"){
if(func2(data20) > 2048){
const err60 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/auth/format",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/auth/properties/format/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
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
const err61 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/auth/format",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/auth/properties/format/type",keyword:"type",params:{type: "string"},message:"must be string"};
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
const err62 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/auth",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/auth/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
if(data13.methods !== undefined){
let data21 = data13.methods;
if(Array.isArray(data21)){
if(data21.length > 256){
const err63 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/methods",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/methods/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items"};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
const len1 = data21.length;
for(let i1=0; i1<len1; i1++){
let data22 = data21[i1];
if(typeof data22 === "string"){
if(func2(data22) > 2048){
const err64 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/methods/" + i1,schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/methods/items/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
else {
const err65 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/methods/" + i1,schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/methods/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
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
else {
const err66 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/methods",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/methods/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
if(data13.paths !== undefined){
let data23 = data13.paths;
if(Array.isArray(data23)){
if(data23.length > 256){
const err67 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/paths",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/paths/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items"};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
const len2 = data23.length;
for(let i2=0; i2<len2; i2++){
let data24 = data23[i2];
if(typeof data24 === "string"){
if(func2(data24) > 2048){
const err68 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/paths/" + i2,schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/paths/items/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
else {
const err69 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/paths/" + i2,schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/paths/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
}
else {
const err70 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/paths",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/paths/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
if(data13.denyPaths !== undefined){
let data25 = data13.denyPaths;
if(Array.isArray(data25)){
if(data25.length > 256){
const err71 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/denyPaths",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/denyPaths/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items"};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
const len3 = data25.length;
for(let i3=0; i3<len3; i3++){
let data26 = data25[i3];
if(typeof data26 === "string"){
if(func2(data26) > 2048){
const err72 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/denyPaths/" + i3,schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/denyPaths/items/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
else {
const err73 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/denyPaths/" + i3,schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/denyPaths/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
}
else {
const err74 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/denyPaths",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/denyPaths/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
if(data13.pathPrefix !== undefined){
let data27 = data13.pathPrefix;
if(typeof data27 === "string"){
if(func2(data27) > 2048){
const err75 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/pathPrefix",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/pathPrefix/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
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
const err76 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/pathPrefix",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/pathPrefix/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
if(data13.tls !== undefined){
let data28 = data13.tls;
if(data28 && typeof data28 == "object" && !Array.isArray(data28)){
if(data28.caBundle === undefined){
const err77 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/tls",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/tls/required",keyword:"required",params:{missingProperty: "caBundle"},message:"must have required property '"+"caBundle"+"'"};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
for(const key5 in data28){
if(!(key5 === "caBundle")){
const err78 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/tls",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/tls/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
if(data28.caBundle !== undefined){
let data29 = data28.caBundle;
if(typeof data29 === "string"){
if(func2(data29) > 262144){
const err79 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/tls/caBundle",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/tls/properties/caBundle/maxLength",keyword:"maxLength",params:{limit: 262144},message:"must NOT have more than 262144 characters"};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
else {
const err80 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/tls/caBundle",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/tls/properties/caBundle/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
}
else {
const err81 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/tls",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/tls/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
}
if(data13.allowPrivateAddresses !== undefined){
if(typeof data13.allowPrivateAddresses !== "boolean"){
const err82 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/allowPrivateAddresses",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/allowPrivateAddresses/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
if(data13.allowInsecure !== undefined){
if(typeof data13.allowInsecure !== "boolean"){
const err83 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/allowInsecure",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/allowInsecure/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
if(data13.errorShape !== undefined){
let data32 = data13.errorShape;
if(!(((data32 === "openai") || (data32 === "anthropic")) || (data32 === "generic"))){
const err84 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/errorShape",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/errorShape/enum",keyword:"enum",params:{allowedValues: schema14.properties.binding.properties.policy.properties.services.items.properties.errorShape.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
if(data13.limits !== undefined){
let data33 = data13.limits;
if(data33 && typeof data33 == "object" && !Array.isArray(data33)){
for(const key6 in data33){
if(!(((((key6 === "requestsPerMinute") || (key6 === "requestsPerHour")) || (key6 === "maxConcurrent")) || (key6 === "maxBodyBytes")) || (key6 === "dailyNanoUsd"))){
const err85 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/limits",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/limits/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
if(data33.requestsPerMinute !== undefined){
let data34 = data33.requestsPerMinute;
if(!(((typeof data34 == "number") && (!(data34 % 1) && !isNaN(data34))) && (isFinite(data34)))){
const err86 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/limits/requestsPerMinute",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/limits/properties/requestsPerMinute/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
if((typeof data34 == "number") && (isFinite(data34))){
if(data34 < 1 || isNaN(data34)){
const err87 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/limits/requestsPerMinute",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/limits/properties/requestsPerMinute/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
}
if(data33.requestsPerHour !== undefined){
let data35 = data33.requestsPerHour;
if(!(((typeof data35 == "number") && (!(data35 % 1) && !isNaN(data35))) && (isFinite(data35)))){
const err88 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/limits/requestsPerHour",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/limits/properties/requestsPerHour/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
if((typeof data35 == "number") && (isFinite(data35))){
if(data35 < 1 || isNaN(data35)){
const err89 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/limits/requestsPerHour",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/limits/properties/requestsPerHour/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
}
if(data33.maxConcurrent !== undefined){
let data36 = data33.maxConcurrent;
if(!(((typeof data36 == "number") && (!(data36 % 1) && !isNaN(data36))) && (isFinite(data36)))){
const err90 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/limits/maxConcurrent",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/limits/properties/maxConcurrent/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
if((typeof data36 == "number") && (isFinite(data36))){
if(data36 < 1 || isNaN(data36)){
const err91 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/limits/maxConcurrent",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/limits/properties/maxConcurrent/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
}
if(data33.maxBodyBytes !== undefined){
let data37 = data33.maxBodyBytes;
if(!(((typeof data37 == "number") && (!(data37 % 1) && !isNaN(data37))) && (isFinite(data37)))){
const err92 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/limits/maxBodyBytes",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/limits/properties/maxBodyBytes/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
if((typeof data37 == "number") && (isFinite(data37))){
if(data37 < 1 || isNaN(data37)){
const err93 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/limits/maxBodyBytes",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/limits/properties/maxBodyBytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
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
if(data33.dailyNanoUsd !== undefined){
let data38 = data33.dailyNanoUsd;
if(!(((typeof data38 == "number") && (!(data38 % 1) && !isNaN(data38))) && (isFinite(data38)))){
const err94 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/limits/dailyNanoUsd",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/limits/properties/dailyNanoUsd/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
if((typeof data38 == "number") && (isFinite(data38))){
if(data38 > 1000000000000000 || isNaN(data38)){
const err95 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/limits/dailyNanoUsd",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/limits/properties/dailyNanoUsd/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000000000000},message:"must be <= 1000000000000000"};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
if(data38 < 1 || isNaN(data38)){
const err96 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/limits/dailyNanoUsd",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/limits/properties/dailyNanoUsd/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
}
}
else {
const err97 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/limits",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/limits/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
}
if(data13.pricing !== undefined){
let data39 = data13.pricing;
if(data39 && typeof data39 == "object" && !Array.isArray(data39)){
if(data39.provider === undefined){
const err98 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/pricing",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/pricing/required",keyword:"required",params:{missingProperty: "provider"},message:"must have required property '"+"provider"+"'"};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
if(data39.unknownModel === undefined){
const err99 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/pricing",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/pricing/required",keyword:"required",params:{missingProperty: "unknownModel"},message:"must have required property '"+"unknownModel"+"'"};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
for(const key7 in data39){
if(!((key7 === "provider") || (key7 === "unknownModel"))){
const err100 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/pricing",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/pricing/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
}
if(data39.provider !== undefined){
let data40 = data39.provider;
if(typeof data40 === "string"){
if(!pattern2.test(data40)){
const err101 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/pricing/provider",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/pricing/properties/provider/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]{0,63}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9._-]{0,63}$"+"\""};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
}
else {
const err102 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/pricing/provider",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/pricing/properties/provider/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
}
if(data39.unknownModel !== undefined){
let data41 = data39.unknownModel;
if(!((data41 === "Refuse") || (data41 === "ChargeDearest"))){
const err103 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/pricing/unknownModel",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/pricing/properties/unknownModel/enum",keyword:"enum",params:{allowedValues: schema14.properties.binding.properties.policy.properties.services.items.properties.pricing.properties.unknownModel.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
}
}
else {
const err104 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/pricing",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/pricing/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
}
if(data13.budget !== undefined){
let data42 = data13.budget;
if(typeof data42 === "string"){
if(func2(data42) > 1024){
const err105 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/budget",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/budget/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters"};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
}
else {
const err106 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/budget",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/budget/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
}
if(data13.callers !== undefined){
let data43 = data13.callers;
if(Array.isArray(data43)){
if(data43.length > 64){
const err107 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
const len4 = data43.length;
for(let i4=0; i4<len4; i4++){
let data44 = data43[i4];
const _errs94 = errors;
let valid18 = false;
let passing0 = null;
const _errs95 = errors;
if(data44 && typeof data44 == "object" && !Array.isArray(data44)){
if(data44.uid === undefined){
const err108 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4,schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/0/required",keyword:"required",params:{missingProperty: "uid"},message:"must have required property '"+"uid"+"'"};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
for(const key8 in data44){
if(!((key8 === "uid") || (key8 === "binaryPath"))){
const err109 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4,schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/0/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
}
if(data44.uid !== undefined){
let data45 = data44.uid;
if(!(((typeof data45 == "number") && (!(data45 % 1) && !isNaN(data45))) && (isFinite(data45)))){
const err110 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4+"/uid",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/0/properties/uid/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
if((typeof data45 == "number") && (isFinite(data45))){
if(data45 > 4294967295 || isNaN(data45)){
const err111 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4+"/uid",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/0/properties/uid/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967295},message:"must be <= 4294967295"};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
if(data45 < 0 || isNaN(data45)){
const err112 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4+"/uid",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/0/properties/uid/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
}
}
if(data44.binaryPath !== undefined){
let data46 = data44.binaryPath;
if(typeof data46 === "string"){
if(func2(data46) > 4096){
const err113 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4+"/binaryPath",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/0/properties/binaryPath/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
if(!pattern11.test(data46)){
const err114 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4+"/binaryPath",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/0/properties/binaryPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\""};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
}
else {
const err115 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4+"/binaryPath",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/0/properties/binaryPath/type",keyword:"type",params:{type: "string"},message:"must be string"};
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
else {
const err116 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4,schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/0/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
var _valid0 = _errs95 === errors;
if(_valid0){
valid18 = true;
passing0 = 0;
}
const _errs102 = errors;
if(data44 && typeof data44 == "object" && !Array.isArray(data44)){
if(data44.spiffeId === undefined){
const err117 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4,schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/1/required",keyword:"required",params:{missingProperty: "spiffeId"},message:"must have required property '"+"spiffeId"+"'"};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
for(const key9 in data44){
if(!(((key9 === "spiffeId") || (key9 === "publicKeySha256")) || (key9 === "measurement"))){
const err118 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4,schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/1/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
}
if(data44.spiffeId !== undefined){
let data47 = data44.spiffeId;
if(typeof data47 === "string"){
if(func2(data47) > 2048){
const err119 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4+"/spiffeId",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/1/properties/spiffeId/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
if(!pattern12.test(data47)){
const err120 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4+"/spiffeId",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/1/properties/spiffeId/pattern",keyword:"pattern",params:{pattern: "^spiffe://[a-z0-9._-]+(/[A-Za-z0-9._-]+)+$"},message:"must match pattern \""+"^spiffe://[a-z0-9._-]+(/[A-Za-z0-9._-]+)+$"+"\""};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
}
else {
const err121 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4+"/spiffeId",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/1/properties/spiffeId/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
}
}
if(data44.publicKeySha256 !== undefined){
let data48 = data44.publicKeySha256;
if(typeof data48 === "string"){
if(!pattern13.test(data48)){
const err122 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4+"/publicKeySha256",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/1/properties/publicKeySha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"},message:"must match pattern \""+"^[0-9a-f]{64}$"+"\""};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
}
else {
const err123 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4+"/publicKeySha256",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/1/properties/publicKeySha256/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err123];
}
else {
vErrors.push(err123);
}
errors++;
}
}
if(data44.measurement !== undefined){
let data49 = data44.measurement;
if(typeof data49 === "string"){
if(func2(data49) > 1024){
const err124 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4+"/measurement",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/1/properties/measurement/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters"};
if(vErrors === null){
vErrors = [err124];
}
else {
vErrors.push(err124);
}
errors++;
}
if(func2(data49) < 1){
const err125 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4+"/measurement",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/1/properties/measurement/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err125];
}
else {
vErrors.push(err125);
}
errors++;
}
}
else {
const err126 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4+"/measurement",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/1/properties/measurement/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err126];
}
else {
vErrors.push(err126);
}
errors++;
}
}
}
else {
const err127 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4,schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf/1/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err127];
}
else {
vErrors.push(err127);
}
errors++;
}
var _valid0 = _errs102 === errors;
if(_valid0 && valid18){
valid18 = false;
passing0 = [passing0, 1];
}
else {
if(_valid0){
valid18 = true;
passing0 = 1;
}
}
if(!valid18){
const err128 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers/" + i4,schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/items/oneOf",keyword:"oneOf",params:{passingSchemas: passing0},message:"must match exactly one schema in oneOf"};
if(vErrors === null){
vErrors = [err128];
}
else {
vErrors.push(err128);
}
errors++;
}
else {
errors = _errs94;
if(vErrors !== null){
if(_errs94){
vErrors.length = _errs94;
}
else {
vErrors = null;
}
}
}
}
}
else {
const err129 = {instancePath:instancePath+"/binding/policy/services/" + i0+"/callers",schemaPath:"#/properties/binding/properties/policy/properties/services/items/properties/callers/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err129];
}
else {
vErrors.push(err129);
}
errors++;
}
}
}
else {
const err130 = {instancePath:instancePath+"/binding/policy/services/" + i0,schemaPath:"#/properties/binding/properties/policy/properties/services/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err130];
}
else {
vErrors.push(err130);
}
errors++;
}
}
}
else {
const err131 = {instancePath:instancePath+"/binding/policy/services",schemaPath:"#/properties/binding/properties/policy/properties/services/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err131];
}
else {
vErrors.push(err131);
}
errors++;
}
}
if(data2.attestation !== undefined){
let data50 = data2.attestation;
if(data50 && typeof data50 == "object" && !Array.isArray(data50)){
if(data50.issuer === undefined){
const err132 = {instancePath:instancePath+"/binding/policy/attestation",schemaPath:"#/properties/binding/properties/policy/properties/attestation/required",keyword:"required",params:{missingProperty: "issuer"},message:"must have required property '"+"issuer"+"'"};
if(vErrors === null){
vErrors = [err132];
}
else {
vErrors.push(err132);
}
errors++;
}
if(data50.keys === undefined){
const err133 = {instancePath:instancePath+"/binding/policy/attestation",schemaPath:"#/properties/binding/properties/policy/properties/attestation/required",keyword:"required",params:{missingProperty: "keys"},message:"must have required property '"+"keys"+"'"};
if(vErrors === null){
vErrors = [err133];
}
else {
vErrors.push(err133);
}
errors++;
}
if(data50.measurementClaim === undefined){
const err134 = {instancePath:instancePath+"/binding/policy/attestation",schemaPath:"#/properties/binding/properties/policy/properties/attestation/required",keyword:"required",params:{missingProperty: "measurementClaim"},message:"must have required property '"+"measurementClaim"+"'"};
if(vErrors === null){
vErrors = [err134];
}
else {
vErrors.push(err134);
}
errors++;
}
if(data50.maxAgeSeconds === undefined){
const err135 = {instancePath:instancePath+"/binding/policy/attestation",schemaPath:"#/properties/binding/properties/policy/properties/attestation/required",keyword:"required",params:{missingProperty: "maxAgeSeconds"},message:"must have required property '"+"maxAgeSeconds"+"'"};
if(vErrors === null){
vErrors = [err135];
}
else {
vErrors.push(err135);
}
errors++;
}
for(const key10 in data50){
if(!((((((key10 === "issuer") || (key10 === "audience")) || (key10 === "keys")) || (key10 === "measurementClaim")) || (key10 === "require")) || (key10 === "maxAgeSeconds"))){
const err136 = {instancePath:instancePath+"/binding/policy/attestation",schemaPath:"#/properties/binding/properties/policy/properties/attestation/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err136];
}
else {
vErrors.push(err136);
}
errors++;
}
}
if(data50.issuer !== undefined){
let data51 = data50.issuer;
if(typeof data51 === "string"){
if(func2(data51) > 2048){
const err137 = {instancePath:instancePath+"/binding/policy/attestation/issuer",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/issuer/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err137];
}
else {
vErrors.push(err137);
}
errors++;
}
if(func2(data51) < 1){
const err138 = {instancePath:instancePath+"/binding/policy/attestation/issuer",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/issuer/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err138];
}
else {
vErrors.push(err138);
}
errors++;
}
}
else {
const err139 = {instancePath:instancePath+"/binding/policy/attestation/issuer",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/issuer/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err139];
}
else {
vErrors.push(err139);
}
errors++;
}
}
if(data50.audience !== undefined){
let data52 = data50.audience;
if(typeof data52 === "string"){
if(func2(data52) > 2048){
const err140 = {instancePath:instancePath+"/binding/policy/attestation/audience",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/audience/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err140];
}
else {
vErrors.push(err140);
}
errors++;
}
if(func2(data52) < 1){
const err141 = {instancePath:instancePath+"/binding/policy/attestation/audience",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/audience/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err141];
}
else {
vErrors.push(err141);
}
errors++;
}
}
else {
const err142 = {instancePath:instancePath+"/binding/policy/attestation/audience",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/audience/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err142];
}
else {
vErrors.push(err142);
}
errors++;
}
}
if(data50.keys !== undefined){
let data53 = data50.keys;
if(Array.isArray(data53)){
if(data53.length > 8){
const err143 = {instancePath:instancePath+"/binding/policy/attestation/keys",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/keys/maxItems",keyword:"maxItems",params:{limit: 8},message:"must NOT have more than 8 items"};
if(vErrors === null){
vErrors = [err143];
}
else {
vErrors.push(err143);
}
errors++;
}
if(data53.length < 1){
const err144 = {instancePath:instancePath+"/binding/policy/attestation/keys",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/keys/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err144];
}
else {
vErrors.push(err144);
}
errors++;
}
const len5 = data53.length;
for(let i5=0; i5<len5; i5++){
let data54 = data53[i5];
if(typeof data54 === "string"){
if(func2(data54) > 16384){
const err145 = {instancePath:instancePath+"/binding/policy/attestation/keys/" + i5,schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/keys/items/maxLength",keyword:"maxLength",params:{limit: 16384},message:"must NOT have more than 16384 characters"};
if(vErrors === null){
vErrors = [err145];
}
else {
vErrors.push(err145);
}
errors++;
}
}
else {
const err146 = {instancePath:instancePath+"/binding/policy/attestation/keys/" + i5,schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/keys/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err146];
}
else {
vErrors.push(err146);
}
errors++;
}
}
}
else {
const err147 = {instancePath:instancePath+"/binding/policy/attestation/keys",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/keys/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err147];
}
else {
vErrors.push(err147);
}
errors++;
}
}
if(data50.measurementClaim !== undefined){
let data55 = data50.measurementClaim;
if(typeof data55 === "string"){
if(func2(data55) > 512){
const err148 = {instancePath:instancePath+"/binding/policy/attestation/measurementClaim",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/measurementClaim/maxLength",keyword:"maxLength",params:{limit: 512},message:"must NOT have more than 512 characters"};
if(vErrors === null){
vErrors = [err148];
}
else {
vErrors.push(err148);
}
errors++;
}
if(!pattern14.test(data55)){
const err149 = {instancePath:instancePath+"/binding/policy/attestation/measurementClaim",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/measurementClaim/pattern",keyword:"pattern",params:{pattern: "^(/([^~/]|~[01])*)+$"},message:"must match pattern \""+"^(/([^~/]|~[01])*)+$"+"\""};
if(vErrors === null){
vErrors = [err149];
}
else {
vErrors.push(err149);
}
errors++;
}
}
else {
const err150 = {instancePath:instancePath+"/binding/policy/attestation/measurementClaim",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/measurementClaim/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err150];
}
else {
vErrors.push(err150);
}
errors++;
}
}
if(data50.require !== undefined){
let data56 = data50.require;
if(Array.isArray(data56)){
if(data56.length > 16){
const err151 = {instancePath:instancePath+"/binding/policy/attestation/require",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/require/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err151];
}
else {
vErrors.push(err151);
}
errors++;
}
const len6 = data56.length;
for(let i6=0; i6<len6; i6++){
let data57 = data56[i6];
if(data57 && typeof data57 == "object" && !Array.isArray(data57)){
if(data57.claim === undefined){
const err152 = {instancePath:instancePath+"/binding/policy/attestation/require/" + i6,schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/require/items/required",keyword:"required",params:{missingProperty: "claim"},message:"must have required property '"+"claim"+"'"};
if(vErrors === null){
vErrors = [err152];
}
else {
vErrors.push(err152);
}
errors++;
}
if(data57.value === undefined){
const err153 = {instancePath:instancePath+"/binding/policy/attestation/require/" + i6,schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/require/items/required",keyword:"required",params:{missingProperty: "value"},message:"must have required property '"+"value"+"'"};
if(vErrors === null){
vErrors = [err153];
}
else {
vErrors.push(err153);
}
errors++;
}
for(const key11 in data57){
if(!((key11 === "claim") || (key11 === "value"))){
const err154 = {instancePath:instancePath+"/binding/policy/attestation/require/" + i6,schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/require/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key11},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err154];
}
else {
vErrors.push(err154);
}
errors++;
}
}
if(data57.claim !== undefined){
let data58 = data57.claim;
if(typeof data58 === "string"){
if(func2(data58) > 512){
const err155 = {instancePath:instancePath+"/binding/policy/attestation/require/" + i6+"/claim",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/require/items/properties/claim/maxLength",keyword:"maxLength",params:{limit: 512},message:"must NOT have more than 512 characters"};
if(vErrors === null){
vErrors = [err155];
}
else {
vErrors.push(err155);
}
errors++;
}
if(!pattern14.test(data58)){
const err156 = {instancePath:instancePath+"/binding/policy/attestation/require/" + i6+"/claim",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/require/items/properties/claim/pattern",keyword:"pattern",params:{pattern: "^(/([^~/]|~[01])*)+$"},message:"must match pattern \""+"^(/([^~/]|~[01])*)+$"+"\""};
if(vErrors === null){
vErrors = [err156];
}
else {
vErrors.push(err156);
}
errors++;
}
}
else {
const err157 = {instancePath:instancePath+"/binding/policy/attestation/require/" + i6+"/claim",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/require/items/properties/claim/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err157];
}
else {
vErrors.push(err157);
}
errors++;
}
}
if(data57.value !== undefined){
let data59 = data57.value;
if(typeof data59 === "string"){
if(func2(data59) > 2048){
const err158 = {instancePath:instancePath+"/binding/policy/attestation/require/" + i6+"/value",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/require/items/properties/value/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err158];
}
else {
vErrors.push(err158);
}
errors++;
}
}
else {
const err159 = {instancePath:instancePath+"/binding/policy/attestation/require/" + i6+"/value",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/require/items/properties/value/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err159];
}
else {
vErrors.push(err159);
}
errors++;
}
}
}
else {
const err160 = {instancePath:instancePath+"/binding/policy/attestation/require/" + i6,schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/require/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err160];
}
else {
vErrors.push(err160);
}
errors++;
}
}
}
else {
const err161 = {instancePath:instancePath+"/binding/policy/attestation/require",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/require/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err161];
}
else {
vErrors.push(err161);
}
errors++;
}
}
if(data50.maxAgeSeconds !== undefined){
let data60 = data50.maxAgeSeconds;
if(!(((typeof data60 == "number") && (!(data60 % 1) && !isNaN(data60))) && (isFinite(data60)))){
const err162 = {instancePath:instancePath+"/binding/policy/attestation/maxAgeSeconds",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/maxAgeSeconds/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err162];
}
else {
vErrors.push(err162);
}
errors++;
}
if((typeof data60 == "number") && (isFinite(data60))){
if(data60 > 86400 || isNaN(data60)){
const err163 = {instancePath:instancePath+"/binding/policy/attestation/maxAgeSeconds",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/maxAgeSeconds/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400},message:"must be <= 86400"};
if(vErrors === null){
vErrors = [err163];
}
else {
vErrors.push(err163);
}
errors++;
}
if(data60 < 1 || isNaN(data60)){
const err164 = {instancePath:instancePath+"/binding/policy/attestation/maxAgeSeconds",schemaPath:"#/properties/binding/properties/policy/properties/attestation/properties/maxAgeSeconds/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err164];
}
else {
vErrors.push(err164);
}
errors++;
}
}
}
}
else {
const err165 = {instancePath:instancePath+"/binding/policy/attestation",schemaPath:"#/properties/binding/properties/policy/properties/attestation/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err165];
}
else {
vErrors.push(err165);
}
errors++;
}
}
}
else {
const err166 = {instancePath:instancePath+"/binding/policy",schemaPath:"#/properties/binding/properties/policy/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err166];
}
else {
vErrors.push(err166);
}
errors++;
}
}
if(data1.version !== undefined){
let data61 = data1.version;
if(typeof data61 === "string"){
if(func2(data61) > 256){
const err167 = {instancePath:instancePath+"/binding/version",schemaPath:"#/properties/binding/properties/version/maxLength",keyword:"maxLength",params:{limit: 256},message:"must NOT have more than 256 characters"};
if(vErrors === null){
vErrors = [err167];
}
else {
vErrors.push(err167);
}
errors++;
}
}
else {
const err168 = {instancePath:instancePath+"/binding/version",schemaPath:"#/properties/binding/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err168];
}
else {
vErrors.push(err168);
}
errors++;
}
}
if(data1.trustBundle !== undefined){
let data62 = data1.trustBundle;
if(typeof data62 === "string"){
if(func2(data62) > 65536){
const err169 = {instancePath:instancePath+"/binding/trustBundle",schemaPath:"#/properties/binding/properties/trustBundle/maxLength",keyword:"maxLength",params:{limit: 65536},message:"must NOT have more than 65536 characters"};
if(vErrors === null){
vErrors = [err169];
}
else {
vErrors.push(err169);
}
errors++;
}
if(func2(data62) < 1){
const err170 = {instancePath:instancePath+"/binding/trustBundle",schemaPath:"#/properties/binding/properties/trustBundle/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err170];
}
else {
vErrors.push(err170);
}
errors++;
}
}
else {
const err171 = {instancePath:instancePath+"/binding/trustBundle",schemaPath:"#/properties/binding/properties/trustBundle/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err171];
}
else {
vErrors.push(err171);
}
errors++;
}
}
}
else {
const err172 = {instancePath:instancePath+"/binding",schemaPath:"#/properties/binding/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err172];
}
else {
vErrors.push(err172);
}
errors++;
}
}
}
else {
const err173 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err173];
}
else {
vErrors.push(err173);
}
errors++;
}
validate13.errors = vErrors;
return errors === 0;
}

export const checkEnrollRequest: SchemaCheck = validate14;
const schema15 = {"type":"object","additionalProperties":false,"required":["jwk"],"properties":{"jwk":{"type":"object","additionalProperties":false,"required":["kty","crv","x","y"],"properties":{"kty":{"const":"EC"},"crv":{"const":"P-256"},"x":{"type":"string","maxLength":64},"y":{"type":"string","maxLength":64}}}}};

function validate14(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.jwk === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "jwk"},message:"must have required property '"+"jwk"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(key0 === "jwk")){
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
if(data.jwk !== undefined){
let data0 = data.jwk;
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.kty === undefined){
const err2 = {instancePath:instancePath+"/jwk",schemaPath:"#/properties/jwk/required",keyword:"required",params:{missingProperty: "kty"},message:"must have required property '"+"kty"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0.crv === undefined){
const err3 = {instancePath:instancePath+"/jwk",schemaPath:"#/properties/jwk/required",keyword:"required",params:{missingProperty: "crv"},message:"must have required property '"+"crv"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data0.x === undefined){
const err4 = {instancePath:instancePath+"/jwk",schemaPath:"#/properties/jwk/required",keyword:"required",params:{missingProperty: "x"},message:"must have required property '"+"x"+"'"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data0.y === undefined){
const err5 = {instancePath:instancePath+"/jwk",schemaPath:"#/properties/jwk/required",keyword:"required",params:{missingProperty: "y"},message:"must have required property '"+"y"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
for(const key1 in data0){
if(!((((key1 === "kty") || (key1 === "crv")) || (key1 === "x")) || (key1 === "y"))){
const err6 = {instancePath:instancePath+"/jwk",schemaPath:"#/properties/jwk/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data0.kty !== undefined){
if("EC" !== data0.kty){
const err7 = {instancePath:instancePath+"/jwk/kty",schemaPath:"#/properties/jwk/properties/kty/const",keyword:"const",params:{allowedValue: "EC"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data0.crv !== undefined){
if("P-256" !== data0.crv){
const err8 = {instancePath:instancePath+"/jwk/crv",schemaPath:"#/properties/jwk/properties/crv/const",keyword:"const",params:{allowedValue: "P-256"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data0.x !== undefined){
let data3 = data0.x;
if(typeof data3 === "string"){
if(func2(data3) > 64){
const err9 = {instancePath:instancePath+"/jwk/x",schemaPath:"#/properties/jwk/properties/x/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/jwk/x",schemaPath:"#/properties/jwk/properties/x/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data0.y !== undefined){
let data4 = data0.y;
if(typeof data4 === "string"){
if(func2(data4) > 64){
const err11 = {instancePath:instancePath+"/jwk/y",schemaPath:"#/properties/jwk/properties/y/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/jwk/y",schemaPath:"#/properties/jwk/properties/y/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
else {
const err13 = {instancePath:instancePath+"/jwk",schemaPath:"#/properties/jwk/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
validate14.errors = vErrors;
return errors === 0;
}

export const checkListRequest: SchemaCheck = validate15;
const schema16 = {"type":"object","additionalProperties":false,"properties":{"details":{"type":"boolean"}}};

function validate15(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(key0 === "details")){
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
if(data.details !== undefined){
if(typeof data.details !== "boolean"){
const err1 = {instancePath:instancePath+"/details",schemaPath:"#/properties/details/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
}
else {
const err2 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
validate15.errors = vErrors;
return errors === 0;
}

export const checkReencryptRequest: SchemaCheck = validate16;
const schema17 = {"type":"object","additionalProperties":false,"properties":{"delete_v1":{"type":"boolean"}}};

function validate16(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(key0 === "delete_v1")){
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
if(data.delete_v1 !== undefined){
if(typeof data.delete_v1 !== "boolean"){
const err1 = {instancePath:instancePath+"/delete_v1",schemaPath:"#/properties/delete_v1/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
}
else {
const err2 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
validate16.errors = vErrors;
return errors === 0;
}

export const checkReseal: SchemaCheck = validate17;
const schema18 = {"type":"object","additionalProperties":false,"required":["cap","delegation","proof","blob_b64"],"properties":{"cap":{"type":"string","maxLength":8192},"delegation":{"type":"string","maxLength":8192},"proof":{"type":"string","maxLength":4096},"blob_b64":{"type":"string","minLength":4,"maxLength":174764,"pattern":"^[A-Za-z0-9+/]+={0,2}$"}}};
const pattern16 = new RegExp("^[A-Za-z0-9+/]+={0,2}$", "u");

function validate17(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.cap === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "cap"},message:"must have required property '"+"cap"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.delegation === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "delegation"},message:"must have required property '"+"delegation"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.proof === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "proof"},message:"must have required property '"+"proof"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.blob_b64 === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "blob_b64"},message:"must have required property '"+"blob_b64"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "cap") || (key0 === "delegation")) || (key0 === "proof")) || (key0 === "blob_b64"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.cap !== undefined){
let data0 = data.cap;
if(typeof data0 === "string"){
if(func2(data0) > 8192){
const err5 = {instancePath:instancePath+"/cap",schemaPath:"#/properties/cap/maxLength",keyword:"maxLength",params:{limit: 8192},message:"must NOT have more than 8192 characters"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/cap",schemaPath:"#/properties/cap/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.delegation !== undefined){
let data1 = data.delegation;
if(typeof data1 === "string"){
if(func2(data1) > 8192){
const err7 = {instancePath:instancePath+"/delegation",schemaPath:"#/properties/delegation/maxLength",keyword:"maxLength",params:{limit: 8192},message:"must NOT have more than 8192 characters"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/delegation",schemaPath:"#/properties/delegation/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.proof !== undefined){
let data2 = data.proof;
if(typeof data2 === "string"){
if(func2(data2) > 4096){
const err9 = {instancePath:instancePath+"/proof",schemaPath:"#/properties/proof/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/proof",schemaPath:"#/properties/proof/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.blob_b64 !== undefined){
let data3 = data.blob_b64;
if(typeof data3 === "string"){
if(func2(data3) > 174764){
const err11 = {instancePath:instancePath+"/blob_b64",schemaPath:"#/properties/blob_b64/maxLength",keyword:"maxLength",params:{limit: 174764},message:"must NOT have more than 174764 characters"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(func2(data3) < 4){
const err12 = {instancePath:instancePath+"/blob_b64",schemaPath:"#/properties/blob_b64/minLength",keyword:"minLength",params:{limit: 4},message:"must NOT have fewer than 4 characters"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(!pattern16.test(data3)){
const err13 = {instancePath:instancePath+"/blob_b64",schemaPath:"#/properties/blob_b64/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9+/]+={0,2}$"},message:"must match pattern \""+"^[A-Za-z0-9+/]+={0,2}$"+"\""};
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
const err14 = {instancePath:instancePath+"/blob_b64",schemaPath:"#/properties/blob_b64/type",keyword:"type",params:{type: "string"},message:"must be string"};
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
const err15 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
validate17.errors = vErrors;
return errors === 0;
}

export const checkLeaseAnswer: SchemaCheck = validate18;
const schema19 = {"type":"object","additionalProperties":true,"required":["granted_nano","usable_ms","left_nano","lent_elsewhere_nano","alone","day"],"properties":{"granted_nano":{"type":"integer","minimum":0},"usable_ms":{"type":"integer","minimum":0,"maximum":86400000},"left_nano":{"type":"integer","minimum":0},"lent_elsewhere_nano":{"type":"integer","minimum":0},"alone":{"type":"boolean"},"day":{"type":"string","pattern":"^\\d{4}-\\d{2}-\\d{2}$"}}};
const pattern17 = new RegExp("^\\d{4}-\\d{2}-\\d{2}$", "u");

function validate18(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.granted_nano === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "granted_nano"},message:"must have required property '"+"granted_nano"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.usable_ms === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "usable_ms"},message:"must have required property '"+"usable_ms"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.left_nano === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "left_nano"},message:"must have required property '"+"left_nano"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.lent_elsewhere_nano === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "lent_elsewhere_nano"},message:"must have required property '"+"lent_elsewhere_nano"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.alone === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "alone"},message:"must have required property '"+"alone"+"'"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.day === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "day"},message:"must have required property '"+"day"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.granted_nano !== undefined){
let data0 = data.granted_nano;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
const err6 = {instancePath:instancePath+"/granted_nano",schemaPath:"#/properties/granted_nano/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 < 0 || isNaN(data0)){
const err7 = {instancePath:instancePath+"/granted_nano",schemaPath:"#/properties/granted_nano/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
if(data.usable_ms !== undefined){
let data1 = data.usable_ms;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
const err8 = {instancePath:instancePath+"/usable_ms",schemaPath:"#/properties/usable_ms/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 86400000 || isNaN(data1)){
const err9 = {instancePath:instancePath+"/usable_ms",schemaPath:"#/properties/usable_ms/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400000},message:"must be <= 86400000"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data1 < 0 || isNaN(data1)){
const err10 = {instancePath:instancePath+"/usable_ms",schemaPath:"#/properties/usable_ms/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
if(data.left_nano !== undefined){
let data2 = data.left_nano;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
const err11 = {instancePath:instancePath+"/left_nano",schemaPath:"#/properties/left_nano/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 < 0 || isNaN(data2)){
const err12 = {instancePath:instancePath+"/left_nano",schemaPath:"#/properties/left_nano/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
if(data.lent_elsewhere_nano !== undefined){
let data3 = data.lent_elsewhere_nano;
if(!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))){
const err13 = {instancePath:instancePath+"/lent_elsewhere_nano",schemaPath:"#/properties/lent_elsewhere_nano/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 < 0 || isNaN(data3)){
const err14 = {instancePath:instancePath+"/lent_elsewhere_nano",schemaPath:"#/properties/lent_elsewhere_nano/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
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
if(data.alone !== undefined){
if(typeof data.alone !== "boolean"){
const err15 = {instancePath:instancePath+"/alone",schemaPath:"#/properties/alone/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.day !== undefined){
let data5 = data.day;
if(typeof data5 === "string"){
if(!pattern17.test(data5)){
const err16 = {instancePath:instancePath+"/day",schemaPath:"#/properties/day/pattern",keyword:"pattern",params:{pattern: "^\\d{4}-\\d{2}-\\d{2}$"},message:"must match pattern \""+"^\\d{4}-\\d{2}-\\d{2}$"+"\""};
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
const err17 = {instancePath:instancePath+"/day",schemaPath:"#/properties/day/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
}
else {
const err18 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
validate18.errors = vErrors;
return errors === 0;
}

export const checkLeaseRequest: SchemaCheck = validate19;
const schema20 = {"type":"object","additionalProperties":false,"required":["service","lease_id","seq","spent_nano","reserved_nano","keep_nano","need_nano","want_nano","final"],"properties":{"budget":{"type":"string","maxLength":1024},"service":{"type":"string","pattern":"^[a-z0-9][a-z0-9._-]{0,63}$"},"lease_id":{"type":"string","pattern":"^[A-Za-z0-9_-]{16,64}$"},"seq":{"type":"integer","minimum":1,"maximum":9007199254740991},"spent_nano":{"type":"integer","minimum":0,"maximum":8000000000000000},"reserved_nano":{"type":"integer","minimum":0,"maximum":1000000000000000},"keep_nano":{"type":"integer","minimum":0,"maximum":8000000000000000},"need_nano":{"type":"integer","minimum":0,"maximum":1000000000000000},"want_nano":{"type":"integer","minimum":0,"maximum":1000000000000000},"final":{"type":"boolean"}}};
const pattern19 = new RegExp("^[A-Za-z0-9_-]{16,64}$", "u");

function validate19(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.service === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "service"},message:"must have required property '"+"service"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.lease_id === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "lease_id"},message:"must have required property '"+"lease_id"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.seq === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "seq"},message:"must have required property '"+"seq"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.spent_nano === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "spent_nano"},message:"must have required property '"+"spent_nano"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.reserved_nano === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "reserved_nano"},message:"must have required property '"+"reserved_nano"+"'"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.keep_nano === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "keep_nano"},message:"must have required property '"+"keep_nano"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.need_nano === undefined){
const err6 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "need_nano"},message:"must have required property '"+"need_nano"+"'"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data.want_nano === undefined){
const err7 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "want_nano"},message:"must have required property '"+"want_nano"+"'"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data.final === undefined){
const err8 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "final"},message:"must have required property '"+"final"+"'"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
for(const key0 in data){
if(!(func6.call(schema20.properties, key0))){
const err9 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.budget !== undefined){
let data0 = data.budget;
if(typeof data0 === "string"){
if(func2(data0) > 1024){
const err10 = {instancePath:instancePath+"/budget",schemaPath:"#/properties/budget/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters"};
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
const err11 = {instancePath:instancePath+"/budget",schemaPath:"#/properties/budget/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.service !== undefined){
let data1 = data.service;
if(typeof data1 === "string"){
if(!pattern2.test(data1)){
const err12 = {instancePath:instancePath+"/service",schemaPath:"#/properties/service/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]{0,63}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9._-]{0,63}$"+"\""};
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
const err13 = {instancePath:instancePath+"/service",schemaPath:"#/properties/service/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data.lease_id !== undefined){
let data2 = data.lease_id;
if(typeof data2 === "string"){
if(!pattern19.test(data2)){
const err14 = {instancePath:instancePath+"/lease_id",schemaPath:"#/properties/lease_id/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_-]{16,64}$"},message:"must match pattern \""+"^[A-Za-z0-9_-]{16,64}$"+"\""};
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
const err15 = {instancePath:instancePath+"/lease_id",schemaPath:"#/properties/lease_id/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.seq !== undefined){
let data3 = data.seq;
if(!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))){
const err16 = {instancePath:instancePath+"/seq",schemaPath:"#/properties/seq/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 > 9007199254740991 || isNaN(data3)){
const err17 = {instancePath:instancePath+"/seq",schemaPath:"#/properties/seq/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991},message:"must be <= 9007199254740991"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data3 < 1 || isNaN(data3)){
const err18 = {instancePath:instancePath+"/seq",schemaPath:"#/properties/seq/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
}
if(data.spent_nano !== undefined){
let data4 = data.spent_nano;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
const err19 = {instancePath:instancePath+"/spent_nano",schemaPath:"#/properties/spent_nano/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 8000000000000000 || isNaN(data4)){
const err20 = {instancePath:instancePath+"/spent_nano",schemaPath:"#/properties/spent_nano/maximum",keyword:"maximum",params:{comparison: "<=", limit: 8000000000000000},message:"must be <= 8000000000000000"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data4 < 0 || isNaN(data4)){
const err21 = {instancePath:instancePath+"/spent_nano",schemaPath:"#/properties/spent_nano/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
}
if(data.reserved_nano !== undefined){
let data5 = data.reserved_nano;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
const err22 = {instancePath:instancePath+"/reserved_nano",schemaPath:"#/properties/reserved_nano/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 1000000000000000 || isNaN(data5)){
const err23 = {instancePath:instancePath+"/reserved_nano",schemaPath:"#/properties/reserved_nano/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000000000000},message:"must be <= 1000000000000000"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(data5 < 0 || isNaN(data5)){
const err24 = {instancePath:instancePath+"/reserved_nano",schemaPath:"#/properties/reserved_nano/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
if(data.keep_nano !== undefined){
let data6 = data.keep_nano;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err25 = {instancePath:instancePath+"/keep_nano",schemaPath:"#/properties/keep_nano/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 8000000000000000 || isNaN(data6)){
const err26 = {instancePath:instancePath+"/keep_nano",schemaPath:"#/properties/keep_nano/maximum",keyword:"maximum",params:{comparison: "<=", limit: 8000000000000000},message:"must be <= 8000000000000000"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if(data6 < 0 || isNaN(data6)){
const err27 = {instancePath:instancePath+"/keep_nano",schemaPath:"#/properties/keep_nano/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
}
if(data.need_nano !== undefined){
let data7 = data.need_nano;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
const err28 = {instancePath:instancePath+"/need_nano",schemaPath:"#/properties/need_nano/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 > 1000000000000000 || isNaN(data7)){
const err29 = {instancePath:instancePath+"/need_nano",schemaPath:"#/properties/need_nano/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000000000000},message:"must be <= 1000000000000000"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
if(data7 < 0 || isNaN(data7)){
const err30 = {instancePath:instancePath+"/need_nano",schemaPath:"#/properties/need_nano/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
if(data.want_nano !== undefined){
let data8 = data.want_nano;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
const err31 = {instancePath:instancePath+"/want_nano",schemaPath:"#/properties/want_nano/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 1000000000000000 || isNaN(data8)){
const err32 = {instancePath:instancePath+"/want_nano",schemaPath:"#/properties/want_nano/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000000000000},message:"must be <= 1000000000000000"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if(data8 < 0 || isNaN(data8)){
const err33 = {instancePath:instancePath+"/want_nano",schemaPath:"#/properties/want_nano/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
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
if(data.final !== undefined){
if(typeof data.final !== "boolean"){
const err34 = {instancePath:instancePath+"/final",schemaPath:"#/properties/final/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
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
const err35 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
validate19.errors = vErrors;
return errors === 0;
}

export const checkSpendAnswer: SchemaCheck = validate20;
const schema21 = {"type":"object","additionalProperties":true,"required":["day","accounts"],"properties":{"day":{"type":"string","pattern":"^\\d{4}-\\d{2}-\\d{2}$"},"accounts":{"type":"array","items":{"type":"object","additionalProperties":true,"required":["actor_omni","service_hash","limit_nano","spent_nano","debt_nano","left_nano"],"properties":{"actor_omni":{"type":"string","pattern":"^0x[0-9a-f]{64}$"},"service_hash":{"type":"string","pattern":"^0x[0-9a-f]{64}$"},"limit_nano":{"type":"integer","minimum":0},"spent_nano":{"type":"integer","minimum":0},"debt_nano":{"type":"integer","minimum":0},"left_nano":{"type":"integer","minimum":0}}}}}};

function validate20(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.day === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "day"},message:"must have required property '"+"day"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.accounts === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "accounts"},message:"must have required property '"+"accounts"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.day !== undefined){
let data0 = data.day;
if(typeof data0 === "string"){
if(!pattern17.test(data0)){
const err2 = {instancePath:instancePath+"/day",schemaPath:"#/properties/day/pattern",keyword:"pattern",params:{pattern: "^\\d{4}-\\d{2}-\\d{2}$"},message:"must match pattern \""+"^\\d{4}-\\d{2}-\\d{2}$"+"\""};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/day",schemaPath:"#/properties/day/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.accounts !== undefined){
let data1 = data.accounts;
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.actor_omni === undefined){
const err4 = {instancePath:instancePath+"/accounts/" + i0,schemaPath:"#/properties/accounts/items/required",keyword:"required",params:{missingProperty: "actor_omni"},message:"must have required property '"+"actor_omni"+"'"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data2.service_hash === undefined){
const err5 = {instancePath:instancePath+"/accounts/" + i0,schemaPath:"#/properties/accounts/items/required",keyword:"required",params:{missingProperty: "service_hash"},message:"must have required property '"+"service_hash"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data2.limit_nano === undefined){
const err6 = {instancePath:instancePath+"/accounts/" + i0,schemaPath:"#/properties/accounts/items/required",keyword:"required",params:{missingProperty: "limit_nano"},message:"must have required property '"+"limit_nano"+"'"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data2.spent_nano === undefined){
const err7 = {instancePath:instancePath+"/accounts/" + i0,schemaPath:"#/properties/accounts/items/required",keyword:"required",params:{missingProperty: "spent_nano"},message:"must have required property '"+"spent_nano"+"'"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data2.debt_nano === undefined){
const err8 = {instancePath:instancePath+"/accounts/" + i0,schemaPath:"#/properties/accounts/items/required",keyword:"required",params:{missingProperty: "debt_nano"},message:"must have required property '"+"debt_nano"+"'"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data2.left_nano === undefined){
const err9 = {instancePath:instancePath+"/accounts/" + i0,schemaPath:"#/properties/accounts/items/required",keyword:"required",params:{missingProperty: "left_nano"},message:"must have required property '"+"left_nano"+"'"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data2.actor_omni !== undefined){
let data3 = data2.actor_omni;
if(typeof data3 === "string"){
if(!pattern4.test(data3)){
const err10 = {instancePath:instancePath+"/accounts/" + i0+"/actor_omni",schemaPath:"#/properties/accounts/items/properties/actor_omni/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-f]{64}$"},message:"must match pattern \""+"^0x[0-9a-f]{64}$"+"\""};
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
const err11 = {instancePath:instancePath+"/accounts/" + i0+"/actor_omni",schemaPath:"#/properties/accounts/items/properties/actor_omni/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data2.service_hash !== undefined){
let data4 = data2.service_hash;
if(typeof data4 === "string"){
if(!pattern4.test(data4)){
const err12 = {instancePath:instancePath+"/accounts/" + i0+"/service_hash",schemaPath:"#/properties/accounts/items/properties/service_hash/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-f]{64}$"},message:"must match pattern \""+"^0x[0-9a-f]{64}$"+"\""};
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
const err13 = {instancePath:instancePath+"/accounts/" + i0+"/service_hash",schemaPath:"#/properties/accounts/items/properties/service_hash/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data2.limit_nano !== undefined){
let data5 = data2.limit_nano;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
const err14 = {instancePath:instancePath+"/accounts/" + i0+"/limit_nano",schemaPath:"#/properties/accounts/items/properties/limit_nano/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 < 0 || isNaN(data5)){
const err15 = {instancePath:instancePath+"/accounts/" + i0+"/limit_nano",schemaPath:"#/properties/accounts/items/properties/limit_nano/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
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
if(data2.spent_nano !== undefined){
let data6 = data2.spent_nano;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err16 = {instancePath:instancePath+"/accounts/" + i0+"/spent_nano",schemaPath:"#/properties/accounts/items/properties/spent_nano/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 < 0 || isNaN(data6)){
const err17 = {instancePath:instancePath+"/accounts/" + i0+"/spent_nano",schemaPath:"#/properties/accounts/items/properties/spent_nano/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
}
if(data2.debt_nano !== undefined){
let data7 = data2.debt_nano;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
const err18 = {instancePath:instancePath+"/accounts/" + i0+"/debt_nano",schemaPath:"#/properties/accounts/items/properties/debt_nano/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 < 0 || isNaN(data7)){
const err19 = {instancePath:instancePath+"/accounts/" + i0+"/debt_nano",schemaPath:"#/properties/accounts/items/properties/debt_nano/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
if(data2.left_nano !== undefined){
let data8 = data2.left_nano;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
const err20 = {instancePath:instancePath+"/accounts/" + i0+"/left_nano",schemaPath:"#/properties/accounts/items/properties/left_nano/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 < 0 || isNaN(data8)){
const err21 = {instancePath:instancePath+"/accounts/" + i0+"/left_nano",schemaPath:"#/properties/accounts/items/properties/left_nano/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
}
}
else {
const err22 = {instancePath:instancePath+"/accounts/" + i0,schemaPath:"#/properties/accounts/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
}
else {
const err23 = {instancePath:instancePath+"/accounts",schemaPath:"#/properties/accounts/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
else {
const err24 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
validate20.errors = vErrors;
return errors === 0;
}

export const checkSpendRequest: SchemaCheck = validate21;
const schema22 = {"type":"object","additionalProperties":false,"required":["operator_omni","actor_omnis"],"properties":{"operator_omni":{"type":"string","pattern":"^0x[0-9a-f]{64}$"},"actor_omnis":{"type":"array","minItems":1,"maxItems":256,"items":{"type":"string","pattern":"^0x[0-9a-f]{64}$"}}}};

function validate21(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.operator_omni === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "operator_omni"},message:"must have required property '"+"operator_omni"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.actor_omnis === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "actor_omnis"},message:"must have required property '"+"actor_omnis"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!((key0 === "operator_omni") || (key0 === "actor_omnis"))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.operator_omni !== undefined){
let data0 = data.operator_omni;
if(typeof data0 === "string"){
if(!pattern4.test(data0)){
const err3 = {instancePath:instancePath+"/operator_omni",schemaPath:"#/properties/operator_omni/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-f]{64}$"},message:"must match pattern \""+"^0x[0-9a-f]{64}$"+"\""};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/operator_omni",schemaPath:"#/properties/operator_omni/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.actor_omnis !== undefined){
let data1 = data.actor_omnis;
if(Array.isArray(data1)){
if(data1.length > 256){
const err5 = {instancePath:instancePath+"/actor_omnis",schemaPath:"#/properties/actor_omnis/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data1.length < 1){
const err6 = {instancePath:instancePath+"/actor_omnis",schemaPath:"#/properties/actor_omnis/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(typeof data2 === "string"){
if(!pattern4.test(data2)){
const err7 = {instancePath:instancePath+"/actor_omnis/" + i0,schemaPath:"#/properties/actor_omnis/items/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-f]{64}$"},message:"must match pattern \""+"^0x[0-9a-f]{64}$"+"\""};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/actor_omnis/" + i0,schemaPath:"#/properties/actor_omnis/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
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
else {
const err9 = {instancePath:instancePath+"/actor_omnis",schemaPath:"#/properties/actor_omnis/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
}
else {
const err10 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
validate21.errors = vErrors;
return errors === 0;
}

export const checkPolicyUpdate: SchemaCheck = validate22;
const schema23 = {"type":"object","additionalProperties":false,"required":["policy","version"],"properties":{"policy":{"type":"object","additionalProperties":false,"required":["version","namespace","binding","agent","operatorOmni","actorOmni","deviceKeyHash","placeholder","suspended","services"],"properties":{"version":{"type":"string","maxLength":2048},"namespace":{"type":"string","maxLength":2048},"binding":{"type":"string","maxLength":2048},"agent":{"type":"string","maxLength":2048},"operatorOmni":{"type":"string","pattern":"^0x[0-9a-f]{64}$"},"actorOmni":{"type":"string","pattern":"^0x[0-9a-f]{64}$"},"deviceKeyHash":{"type":"string","pattern":"^0x[0-9a-f]{64}$"},"placeholder":{"enum":["Optional","Required"]},"suspended":{"type":"boolean"},"services":{"type":"array","maxItems":64,"items":{"type":"object","additionalProperties":false,"required":["name","hash","upstream","auth","methods","paths","denyPaths","allowPrivateAddresses","allowInsecure","errorShape","limits"],"properties":{"name":{"type":"string","pattern":"^[a-z0-9][a-z0-9._-]{0,63}$"},"hash":{"type":"string","pattern":"^0x[0-9a-f]{64}$"},"upstream":{"type":"string","pattern":"^https?://","maxLength":2048},"auth":{"type":"object","additionalProperties":false,"required":["type"],"properties":{"type":{"enum":["bearer","header","basic","query","path"]},"name":{"type":"string","maxLength":2048},"format":{"type":"string","maxLength":2048}}},"methods":{"type":"array","items":{"type":"string","maxLength":2048},"maxItems":256},"paths":{"type":"array","items":{"type":"string","maxLength":2048},"maxItems":256},"denyPaths":{"type":"array","items":{"type":"string","maxLength":2048},"maxItems":256},"pathPrefix":{"type":"string","maxLength":2048},"tls":{"type":"object","additionalProperties":false,"required":["caBundle"],"properties":{"caBundle":{"type":"string","maxLength":262144}}},"allowPrivateAddresses":{"type":"boolean"},"allowInsecure":{"type":"boolean"},"errorShape":{"enum":["openai","anthropic","generic"]},"limits":{"type":"object","additionalProperties":false,"properties":{"requestsPerMinute":{"type":"integer","minimum":1},"requestsPerHour":{"type":"integer","minimum":1},"maxConcurrent":{"type":"integer","minimum":1},"maxBodyBytes":{"type":"integer","minimum":1},"dailyNanoUsd":{"type":"integer","minimum":1,"maximum":1000000000000000}}},"pricing":{"type":"object","additionalProperties":false,"required":["provider","unknownModel"],"properties":{"provider":{"type":"string","pattern":"^[a-z0-9][a-z0-9._-]{0,63}$"},"unknownModel":{"enum":["Refuse","ChargeDearest"]}}},"budget":{"type":"string","maxLength":1024},"callers":{"type":"array","maxItems":64,"items":{"oneOf":[{"type":"object","additionalProperties":false,"required":["uid"],"properties":{"uid":{"type":"integer","minimum":0,"maximum":4294967295},"binaryPath":{"type":"string","pattern":"^/","maxLength":4096}}},{"type":"object","additionalProperties":false,"required":["spiffeId"],"properties":{"spiffeId":{"type":"string","pattern":"^spiffe://[a-z0-9._-]+(/[A-Za-z0-9._-]+)+$","maxLength":2048},"publicKeySha256":{"type":"string","pattern":"^[0-9a-f]{64}$"},"measurement":{"type":"string","minLength":1,"maxLength":1024}}}]}}}}},"attestation":{"type":"object","additionalProperties":false,"required":["issuer","keys","measurementClaim","maxAgeSeconds"],"properties":{"issuer":{"type":"string","minLength":1,"maxLength":2048},"audience":{"type":"string","minLength":1,"maxLength":2048},"keys":{"type":"array","minItems":1,"maxItems":8,"items":{"type":"string","maxLength":16384}},"measurementClaim":{"type":"string","pattern":"^(/([^~/]|~[01])*)+$","maxLength":512},"require":{"type":"array","maxItems":16,"items":{"type":"object","additionalProperties":false,"required":["claim","value"],"properties":{"claim":{"type":"string","pattern":"^(/([^~/]|~[01])*)+$","maxLength":512},"value":{"type":"string","maxLength":2048}}}},"maxAgeSeconds":{"type":"integer","minimum":1,"maximum":86400}}}}},"version":{"type":"string","maxLength":256},"trustBundle":{"type":"string","minLength":1,"maxLength":65536}}};

function validate22(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.policy === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "policy"},message:"must have required property '"+"policy"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.version === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "version"},message:"must have required property '"+"version"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "policy") || (key0 === "version")) || (key0 === "trustBundle"))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.policy !== undefined){
let data0 = data.policy;
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.version === undefined){
const err3 = {instancePath:instancePath+"/policy",schemaPath:"#/properties/policy/required",keyword:"required",params:{missingProperty: "version"},message:"must have required property '"+"version"+"'"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data0.namespace === undefined){
const err4 = {instancePath:instancePath+"/policy",schemaPath:"#/properties/policy/required",keyword:"required",params:{missingProperty: "namespace"},message:"must have required property '"+"namespace"+"'"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data0.binding === undefined){
const err5 = {instancePath:instancePath+"/policy",schemaPath:"#/properties/policy/required",keyword:"required",params:{missingProperty: "binding"},message:"must have required property '"+"binding"+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data0.agent === undefined){
const err6 = {instancePath:instancePath+"/policy",schemaPath:"#/properties/policy/required",keyword:"required",params:{missingProperty: "agent"},message:"must have required property '"+"agent"+"'"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data0.operatorOmni === undefined){
const err7 = {instancePath:instancePath+"/policy",schemaPath:"#/properties/policy/required",keyword:"required",params:{missingProperty: "operatorOmni"},message:"must have required property '"+"operatorOmni"+"'"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data0.actorOmni === undefined){
const err8 = {instancePath:instancePath+"/policy",schemaPath:"#/properties/policy/required",keyword:"required",params:{missingProperty: "actorOmni"},message:"must have required property '"+"actorOmni"+"'"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data0.deviceKeyHash === undefined){
const err9 = {instancePath:instancePath+"/policy",schemaPath:"#/properties/policy/required",keyword:"required",params:{missingProperty: "deviceKeyHash"},message:"must have required property '"+"deviceKeyHash"+"'"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data0.placeholder === undefined){
const err10 = {instancePath:instancePath+"/policy",schemaPath:"#/properties/policy/required",keyword:"required",params:{missingProperty: "placeholder"},message:"must have required property '"+"placeholder"+"'"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data0.suspended === undefined){
const err11 = {instancePath:instancePath+"/policy",schemaPath:"#/properties/policy/required",keyword:"required",params:{missingProperty: "suspended"},message:"must have required property '"+"suspended"+"'"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data0.services === undefined){
const err12 = {instancePath:instancePath+"/policy",schemaPath:"#/properties/policy/required",keyword:"required",params:{missingProperty: "services"},message:"must have required property '"+"services"+"'"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
for(const key1 in data0){
if(!(func6.call(schema23.properties.policy.properties, key1))){
const err13 = {instancePath:instancePath+"/policy",schemaPath:"#/properties/policy/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data0.version !== undefined){
let data1 = data0.version;
if(typeof data1 === "string"){
if(func2(data1) > 2048){
const err14 = {instancePath:instancePath+"/policy/version",schemaPath:"#/properties/policy/properties/version/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
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
const err15 = {instancePath:instancePath+"/policy/version",schemaPath:"#/properties/policy/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data0.namespace !== undefined){
let data2 = data0.namespace;
if(typeof data2 === "string"){
if(func2(data2) > 2048){
const err16 = {instancePath:instancePath+"/policy/namespace",schemaPath:"#/properties/policy/properties/namespace/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
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
const err17 = {instancePath:instancePath+"/policy/namespace",schemaPath:"#/properties/policy/properties/namespace/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data0.binding !== undefined){
let data3 = data0.binding;
if(typeof data3 === "string"){
if(func2(data3) > 2048){
const err18 = {instancePath:instancePath+"/policy/binding",schemaPath:"#/properties/policy/properties/binding/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/policy/binding",schemaPath:"#/properties/policy/properties/binding/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data0.agent !== undefined){
let data4 = data0.agent;
if(typeof data4 === "string"){
if(func2(data4) > 2048){
const err20 = {instancePath:instancePath+"/policy/agent",schemaPath:"#/properties/policy/properties/agent/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
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
const err21 = {instancePath:instancePath+"/policy/agent",schemaPath:"#/properties/policy/properties/agent/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data0.operatorOmni !== undefined){
let data5 = data0.operatorOmni;
if(typeof data5 === "string"){
if(!pattern4.test(data5)){
const err22 = {instancePath:instancePath+"/policy/operatorOmni",schemaPath:"#/properties/policy/properties/operatorOmni/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-f]{64}$"},message:"must match pattern \""+"^0x[0-9a-f]{64}$"+"\""};
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
const err23 = {instancePath:instancePath+"/policy/operatorOmni",schemaPath:"#/properties/policy/properties/operatorOmni/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data0.actorOmni !== undefined){
let data6 = data0.actorOmni;
if(typeof data6 === "string"){
if(!pattern4.test(data6)){
const err24 = {instancePath:instancePath+"/policy/actorOmni",schemaPath:"#/properties/policy/properties/actorOmni/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-f]{64}$"},message:"must match pattern \""+"^0x[0-9a-f]{64}$"+"\""};
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
const err25 = {instancePath:instancePath+"/policy/actorOmni",schemaPath:"#/properties/policy/properties/actorOmni/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data0.deviceKeyHash !== undefined){
let data7 = data0.deviceKeyHash;
if(typeof data7 === "string"){
if(!pattern4.test(data7)){
const err26 = {instancePath:instancePath+"/policy/deviceKeyHash",schemaPath:"#/properties/policy/properties/deviceKeyHash/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-f]{64}$"},message:"must match pattern \""+"^0x[0-9a-f]{64}$"+"\""};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
else {
const err27 = {instancePath:instancePath+"/policy/deviceKeyHash",schemaPath:"#/properties/policy/properties/deviceKeyHash/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
if(data0.placeholder !== undefined){
let data8 = data0.placeholder;
if(!((data8 === "Optional") || (data8 === "Required"))){
const err28 = {instancePath:instancePath+"/policy/placeholder",schemaPath:"#/properties/policy/properties/placeholder/enum",keyword:"enum",params:{allowedValues: schema23.properties.policy.properties.placeholder.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data0.suspended !== undefined){
if(typeof data0.suspended !== "boolean"){
const err29 = {instancePath:instancePath+"/policy/suspended",schemaPath:"#/properties/policy/properties/suspended/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data0.services !== undefined){
let data10 = data0.services;
if(Array.isArray(data10)){
if(data10.length > 64){
const err30 = {instancePath:instancePath+"/policy/services",schemaPath:"#/properties/policy/properties/services/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
const len0 = data10.length;
for(let i0=0; i0<len0; i0++){
let data11 = data10[i0];
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
if(data11.name === undefined){
const err31 = {instancePath:instancePath+"/policy/services/" + i0,schemaPath:"#/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if(data11.hash === undefined){
const err32 = {instancePath:instancePath+"/policy/services/" + i0,schemaPath:"#/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "hash"},message:"must have required property '"+"hash"+"'"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if(data11.upstream === undefined){
const err33 = {instancePath:instancePath+"/policy/services/" + i0,schemaPath:"#/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "upstream"},message:"must have required property '"+"upstream"+"'"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if(data11.auth === undefined){
const err34 = {instancePath:instancePath+"/policy/services/" + i0,schemaPath:"#/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "auth"},message:"must have required property '"+"auth"+"'"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
if(data11.methods === undefined){
const err35 = {instancePath:instancePath+"/policy/services/" + i0,schemaPath:"#/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "methods"},message:"must have required property '"+"methods"+"'"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
if(data11.paths === undefined){
const err36 = {instancePath:instancePath+"/policy/services/" + i0,schemaPath:"#/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "paths"},message:"must have required property '"+"paths"+"'"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if(data11.denyPaths === undefined){
const err37 = {instancePath:instancePath+"/policy/services/" + i0,schemaPath:"#/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "denyPaths"},message:"must have required property '"+"denyPaths"+"'"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(data11.allowPrivateAddresses === undefined){
const err38 = {instancePath:instancePath+"/policy/services/" + i0,schemaPath:"#/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "allowPrivateAddresses"},message:"must have required property '"+"allowPrivateAddresses"+"'"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
if(data11.allowInsecure === undefined){
const err39 = {instancePath:instancePath+"/policy/services/" + i0,schemaPath:"#/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "allowInsecure"},message:"must have required property '"+"allowInsecure"+"'"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
if(data11.errorShape === undefined){
const err40 = {instancePath:instancePath+"/policy/services/" + i0,schemaPath:"#/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "errorShape"},message:"must have required property '"+"errorShape"+"'"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(data11.limits === undefined){
const err41 = {instancePath:instancePath+"/policy/services/" + i0,schemaPath:"#/properties/policy/properties/services/items/required",keyword:"required",params:{missingProperty: "limits"},message:"must have required property '"+"limits"+"'"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
for(const key2 in data11){
if(!(func6.call(schema23.properties.policy.properties.services.items.properties, key2))){
const err42 = {instancePath:instancePath+"/policy/services/" + i0,schemaPath:"#/properties/policy/properties/services/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data11.name !== undefined){
let data12 = data11.name;
if(typeof data12 === "string"){
if(!pattern2.test(data12)){
const err43 = {instancePath:instancePath+"/policy/services/" + i0+"/name",schemaPath:"#/properties/policy/properties/services/items/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]{0,63}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9._-]{0,63}$"+"\""};
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
const err44 = {instancePath:instancePath+"/policy/services/" + i0+"/name",schemaPath:"#/properties/policy/properties/services/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
if(data11.hash !== undefined){
let data13 = data11.hash;
if(typeof data13 === "string"){
if(!pattern4.test(data13)){
const err45 = {instancePath:instancePath+"/policy/services/" + i0+"/hash",schemaPath:"#/properties/policy/properties/services/items/properties/hash/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-f]{64}$"},message:"must match pattern \""+"^0x[0-9a-f]{64}$"+"\""};
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
const err46 = {instancePath:instancePath+"/policy/services/" + i0+"/hash",schemaPath:"#/properties/policy/properties/services/items/properties/hash/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
if(data11.upstream !== undefined){
let data14 = data11.upstream;
if(typeof data14 === "string"){
if(func2(data14) > 2048){
const err47 = {instancePath:instancePath+"/policy/services/" + i0+"/upstream",schemaPath:"#/properties/policy/properties/services/items/properties/upstream/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
if(!pattern9.test(data14)){
const err48 = {instancePath:instancePath+"/policy/services/" + i0+"/upstream",schemaPath:"#/properties/policy/properties/services/items/properties/upstream/pattern",keyword:"pattern",params:{pattern: "^https?://"},message:"must match pattern \""+"^https?://"+"\""};
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
const err49 = {instancePath:instancePath+"/policy/services/" + i0+"/upstream",schemaPath:"#/properties/policy/properties/services/items/properties/upstream/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
if(data11.auth !== undefined){
let data15 = data11.auth;
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
if(data15.type === undefined){
const err50 = {instancePath:instancePath+"/policy/services/" + i0+"/auth",schemaPath:"#/properties/policy/properties/services/items/properties/auth/required",keyword:"required",params:{missingProperty: "type"},message:"must have required property '"+"type"+"'"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
for(const key3 in data15){
if(!(((key3 === "type") || (key3 === "name")) || (key3 === "format"))){
const err51 = {instancePath:instancePath+"/policy/services/" + i0+"/auth",schemaPath:"#/properties/policy/properties/services/items/properties/auth/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
if(data15.type !== undefined){
let data16 = data15.type;
if(!(((((data16 === "bearer") || (data16 === "header")) || (data16 === "basic")) || (data16 === "query")) || (data16 === "path"))){
const err52 = {instancePath:instancePath+"/policy/services/" + i0+"/auth/type",schemaPath:"#/properties/policy/properties/services/items/properties/auth/properties/type/enum",keyword:"enum",params:{allowedValues: schema23.properties.policy.properties.services.items.properties.auth.properties.type.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
if(data15.name !== undefined){
let data17 = data15.name;
if(typeof data17 === "string"){
if(func2(data17) > 2048){
const err53 = {instancePath:instancePath+"/policy/services/" + i0+"/auth/name",schemaPath:"#/properties/policy/properties/services/items/properties/auth/properties/name/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
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
const err54 = {instancePath:instancePath+"/policy/services/" + i0+"/auth/name",schemaPath:"#/properties/policy/properties/services/items/properties/auth/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
if(data15.format !== undefined){
let data18 = data15.format;
if(typeof data18 === "string"){
if(func2(data18) > 2048){
const err55 = {instancePath:instancePath+"/policy/services/" + i0+"/auth/format",schemaPath:"#/properties/policy/properties/services/items/properties/auth/properties/format/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
else {
const err56 = {instancePath:instancePath+"/policy/services/" + i0+"/auth/format",schemaPath:"#/properties/policy/properties/services/items/properties/auth/properties/format/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
}
else {
const err57 = {instancePath:instancePath+"/policy/services/" + i0+"/auth",schemaPath:"#/properties/policy/properties/services/items/properties/auth/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
if(data11.methods !== undefined){
let data19 = data11.methods;
if(Array.isArray(data19)){
if(data19.length > 256){
const err58 = {instancePath:instancePath+"/policy/services/" + i0+"/methods",schemaPath:"#/properties/policy/properties/services/items/properties/methods/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
const len1 = data19.length;
for(let i1=0; i1<len1; i1++){
let data20 = data19[i1];
if(typeof data20 === "string"){
if(func2(data20) > 2048){
const err59 = {instancePath:instancePath+"/policy/services/" + i0+"/methods/" + i1,schemaPath:"#/properties/policy/properties/services/items/properties/methods/items/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
else {
const err60 = {instancePath:instancePath+"/policy/services/" + i0+"/methods/" + i1,schemaPath:"#/properties/policy/properties/services/items/properties/methods/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
}
else {
const err61 = {instancePath:instancePath+"/policy/services/" + i0+"/methods",schemaPath:"#/properties/policy/properties/services/items/properties/methods/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
if(data11.paths !== undefined){
let data21 = data11.paths;
if(Array.isArray(data21)){
if(data21.length > 256){
const err62 = {instancePath:instancePath+"/policy/services/" + i0+"/paths",schemaPath:"#/properties/policy/properties/services/items/properties/paths/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
const len2 = data21.length;
for(let i2=0; i2<len2; i2++){
let data22 = data21[i2];
if(typeof data22 === "string"){
if(func2(data22) > 2048){
const err63 = {instancePath:instancePath+"/policy/services/" + i0+"/paths/" + i2,schemaPath:"#/properties/policy/properties/services/items/properties/paths/items/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
else {
const err64 = {instancePath:instancePath+"/policy/services/" + i0+"/paths/" + i2,schemaPath:"#/properties/policy/properties/services/items/properties/paths/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
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
const err65 = {instancePath:instancePath+"/policy/services/" + i0+"/paths",schemaPath:"#/properties/policy/properties/services/items/properties/paths/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
if(data11.denyPaths !== undefined){
let data23 = data11.denyPaths;
if(Array.isArray(data23)){
if(data23.length > 256){
const err66 = {instancePath:instancePath+"/policy/services/" + i0+"/denyPaths",schemaPath:"#/properties/policy/properties/services/items/properties/denyPaths/maxItems",keyword:"maxItems",params:{limit: 256},message:"must NOT have more than 256 items"};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
const len3 = data23.length;
for(let i3=0; i3<len3; i3++){
let data24 = data23[i3];
if(typeof data24 === "string"){
if(func2(data24) > 2048){
const err67 = {instancePath:instancePath+"/policy/services/" + i0+"/denyPaths/" + i3,schemaPath:"#/properties/policy/properties/services/items/properties/denyPaths/items/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
else {
const err68 = {instancePath:instancePath+"/policy/services/" + i0+"/denyPaths/" + i3,schemaPath:"#/properties/policy/properties/services/items/properties/denyPaths/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
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
const err69 = {instancePath:instancePath+"/policy/services/" + i0+"/denyPaths",schemaPath:"#/properties/policy/properties/services/items/properties/denyPaths/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
if(data11.pathPrefix !== undefined){
let data25 = data11.pathPrefix;
if(typeof data25 === "string"){
if(func2(data25) > 2048){
const err70 = {instancePath:instancePath+"/policy/services/" + i0+"/pathPrefix",schemaPath:"#/properties/policy/properties/services/items/properties/pathPrefix/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
else {
const err71 = {instancePath:instancePath+"/policy/services/" + i0+"/pathPrefix",schemaPath:"#/properties/policy/properties/services/items/properties/pathPrefix/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
if(data11.tls !== undefined){
let data26 = data11.tls;
if(data26 && typeof data26 == "object" && !Array.isArray(data26)){
if(data26.caBundle === undefined){
const err72 = {instancePath:instancePath+"/policy/services/" + i0+"/tls",schemaPath:"#/properties/policy/properties/services/items/properties/tls/required",keyword:"required",params:{missingProperty: "caBundle"},message:"must have required property '"+"caBundle"+"'"};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
for(const key4 in data26){
if(!(key4 === "caBundle")){
const err73 = {instancePath:instancePath+"/policy/services/" + i0+"/tls",schemaPath:"#/properties/policy/properties/services/items/properties/tls/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
if(data26.caBundle !== undefined){
let data27 = data26.caBundle;
if(typeof data27 === "string"){
if(func2(data27) > 262144){
const err74 = {instancePath:instancePath+"/policy/services/" + i0+"/tls/caBundle",schemaPath:"#/properties/policy/properties/services/items/properties/tls/properties/caBundle/maxLength",keyword:"maxLength",params:{limit: 262144},message:"must NOT have more than 262144 characters"};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
else {
const err75 = {instancePath:instancePath+"/policy/services/" + i0+"/tls/caBundle",schemaPath:"#/properties/policy/properties/services/items/properties/tls/properties/caBundle/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
}
else {
const err76 = {instancePath:instancePath+"/policy/services/" + i0+"/tls",schemaPath:"#/properties/policy/properties/services/items/properties/tls/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
if(data11.allowPrivateAddresses !== undefined){
if(typeof data11.allowPrivateAddresses !== "boolean"){
const err77 = {instancePath:instancePath+"/policy/services/" + i0+"/allowPrivateAddresses",schemaPath:"#/properties/policy/properties/services/items/properties/allowPrivateAddresses/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
if(data11.allowInsecure !== undefined){
if(typeof data11.allowInsecure !== "boolean"){
const err78 = {instancePath:instancePath+"/policy/services/" + i0+"/allowInsecure",schemaPath:"#/properties/policy/properties/services/items/properties/allowInsecure/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
if(data11.errorShape !== undefined){
let data30 = data11.errorShape;
if(!(((data30 === "openai") || (data30 === "anthropic")) || (data30 === "generic"))){
const err79 = {instancePath:instancePath+"/policy/services/" + i0+"/errorShape",schemaPath:"#/properties/policy/properties/services/items/properties/errorShape/enum",keyword:"enum",params:{allowedValues: schema23.properties.policy.properties.services.items.properties.errorShape.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
if(data11.limits !== undefined){
let data31 = data11.limits;
if(data31 && typeof data31 == "object" && !Array.isArray(data31)){
for(const key5 in data31){
if(!(((((key5 === "requestsPerMinute") || (key5 === "requestsPerHour")) || (key5 === "maxConcurrent")) || (key5 === "maxBodyBytes")) || (key5 === "dailyNanoUsd"))){
const err80 = {instancePath:instancePath+"/policy/services/" + i0+"/limits",schemaPath:"#/properties/policy/properties/services/items/properties/limits/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
if(data31.requestsPerMinute !== undefined){
let data32 = data31.requestsPerMinute;
if(!(((typeof data32 == "number") && (!(data32 % 1) && !isNaN(data32))) && (isFinite(data32)))){
const err81 = {instancePath:instancePath+"/policy/services/" + i0+"/limits/requestsPerMinute",schemaPath:"#/properties/policy/properties/services/items/properties/limits/properties/requestsPerMinute/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
if((typeof data32 == "number") && (isFinite(data32))){
if(data32 < 1 || isNaN(data32)){
const err82 = {instancePath:instancePath+"/policy/services/" + i0+"/limits/requestsPerMinute",schemaPath:"#/properties/policy/properties/services/items/properties/limits/properties/requestsPerMinute/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
}
if(data31.requestsPerHour !== undefined){
let data33 = data31.requestsPerHour;
if(!(((typeof data33 == "number") && (!(data33 % 1) && !isNaN(data33))) && (isFinite(data33)))){
const err83 = {instancePath:instancePath+"/policy/services/" + i0+"/limits/requestsPerHour",schemaPath:"#/properties/policy/properties/services/items/properties/limits/properties/requestsPerHour/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
if((typeof data33 == "number") && (isFinite(data33))){
if(data33 < 1 || isNaN(data33)){
const err84 = {instancePath:instancePath+"/policy/services/" + i0+"/limits/requestsPerHour",schemaPath:"#/properties/policy/properties/services/items/properties/limits/properties/requestsPerHour/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
}
if(data31.maxConcurrent !== undefined){
let data34 = data31.maxConcurrent;
if(!(((typeof data34 == "number") && (!(data34 % 1) && !isNaN(data34))) && (isFinite(data34)))){
const err85 = {instancePath:instancePath+"/policy/services/" + i0+"/limits/maxConcurrent",schemaPath:"#/properties/policy/properties/services/items/properties/limits/properties/maxConcurrent/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
if((typeof data34 == "number") && (isFinite(data34))){
if(data34 < 1 || isNaN(data34)){
const err86 = {instancePath:instancePath+"/policy/services/" + i0+"/limits/maxConcurrent",schemaPath:"#/properties/policy/properties/services/items/properties/limits/properties/maxConcurrent/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
}
if(data31.maxBodyBytes !== undefined){
let data35 = data31.maxBodyBytes;
if(!(((typeof data35 == "number") && (!(data35 % 1) && !isNaN(data35))) && (isFinite(data35)))){
const err87 = {instancePath:instancePath+"/policy/services/" + i0+"/limits/maxBodyBytes",schemaPath:"#/properties/policy/properties/services/items/properties/limits/properties/maxBodyBytes/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
if((typeof data35 == "number") && (isFinite(data35))){
if(data35 < 1 || isNaN(data35)){
const err88 = {instancePath:instancePath+"/policy/services/" + i0+"/limits/maxBodyBytes",schemaPath:"#/properties/policy/properties/services/items/properties/limits/properties/maxBodyBytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
}
if(data31.dailyNanoUsd !== undefined){
let data36 = data31.dailyNanoUsd;
if(!(((typeof data36 == "number") && (!(data36 % 1) && !isNaN(data36))) && (isFinite(data36)))){
const err89 = {instancePath:instancePath+"/policy/services/" + i0+"/limits/dailyNanoUsd",schemaPath:"#/properties/policy/properties/services/items/properties/limits/properties/dailyNanoUsd/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
if((typeof data36 == "number") && (isFinite(data36))){
if(data36 > 1000000000000000 || isNaN(data36)){
const err90 = {instancePath:instancePath+"/policy/services/" + i0+"/limits/dailyNanoUsd",schemaPath:"#/properties/policy/properties/services/items/properties/limits/properties/dailyNanoUsd/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000000000000},message:"must be <= 1000000000000000"};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
if(data36 < 1 || isNaN(data36)){
const err91 = {instancePath:instancePath+"/policy/services/" + i0+"/limits/dailyNanoUsd",schemaPath:"#/properties/policy/properties/services/items/properties/limits/properties/dailyNanoUsd/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
}
}
else {
const err92 = {instancePath:instancePath+"/policy/services/" + i0+"/limits",schemaPath:"#/properties/policy/properties/services/items/properties/limits/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
}
if(data11.pricing !== undefined){
let data37 = data11.pricing;
if(data37 && typeof data37 == "object" && !Array.isArray(data37)){
if(data37.provider === undefined){
const err93 = {instancePath:instancePath+"/policy/services/" + i0+"/pricing",schemaPath:"#/properties/policy/properties/services/items/properties/pricing/required",keyword:"required",params:{missingProperty: "provider"},message:"must have required property '"+"provider"+"'"};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
if(data37.unknownModel === undefined){
const err94 = {instancePath:instancePath+"/policy/services/" + i0+"/pricing",schemaPath:"#/properties/policy/properties/services/items/properties/pricing/required",keyword:"required",params:{missingProperty: "unknownModel"},message:"must have required property '"+"unknownModel"+"'"};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
for(const key6 in data37){
if(!((key6 === "provider") || (key6 === "unknownModel"))){
const err95 = {instancePath:instancePath+"/policy/services/" + i0+"/pricing",schemaPath:"#/properties/policy/properties/services/items/properties/pricing/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
}
if(data37.provider !== undefined){
let data38 = data37.provider;
if(typeof data38 === "string"){
if(!pattern2.test(data38)){
const err96 = {instancePath:instancePath+"/policy/services/" + i0+"/pricing/provider",schemaPath:"#/properties/policy/properties/services/items/properties/pricing/properties/provider/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]{0,63}$"},message:"must match pattern \""+"^[a-z0-9][a-z0-9._-]{0,63}$"+"\""};
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
const err97 = {instancePath:instancePath+"/policy/services/" + i0+"/pricing/provider",schemaPath:"#/properties/policy/properties/services/items/properties/pricing/properties/provider/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
}
if(data37.unknownModel !== undefined){
let data39 = data37.unknownModel;
if(!((data39 === "Refuse") || (data39 === "ChargeDearest"))){
const err98 = {instancePath:instancePath+"/policy/services/" + i0+"/pricing/unknownModel",schemaPath:"#/properties/policy/properties/services/items/properties/pricing/properties/unknownModel/enum",keyword:"enum",params:{allowedValues: schema23.properties.policy.properties.services.items.properties.pricing.properties.unknownModel.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
}
}
else {
const err99 = {instancePath:instancePath+"/policy/services/" + i0+"/pricing",schemaPath:"#/properties/policy/properties/services/items/properties/pricing/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
}
if(data11.budget !== undefined){
let data40 = data11.budget;
if(typeof data40 === "string"){
if(func2(data40) > 1024){
const err100 = {instancePath:instancePath+"/policy/services/" + i0+"/budget",schemaPath:"#/properties/policy/properties/services/items/properties/budget/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters"};
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
const err101 = {instancePath:instancePath+"/policy/services/" + i0+"/budget",schemaPath:"#/properties/policy/properties/services/items/properties/budget/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
}
if(data11.callers !== undefined){
let data41 = data11.callers;
if(Array.isArray(data41)){
if(data41.length > 64){
const err102 = {instancePath:instancePath+"/policy/services/" + i0+"/callers",schemaPath:"#/properties/policy/properties/services/items/properties/callers/maxItems",keyword:"maxItems",params:{limit: 64},message:"must NOT have more than 64 items"};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
const len4 = data41.length;
for(let i4=0; i4<len4; i4++){
let data42 = data41[i4];
const _errs89 = errors;
let valid17 = false;
let passing0 = null;
const _errs90 = errors;
if(data42 && typeof data42 == "object" && !Array.isArray(data42)){
if(data42.uid === undefined){
const err103 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4,schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/0/required",keyword:"required",params:{missingProperty: "uid"},message:"must have required property '"+"uid"+"'"};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
for(const key7 in data42){
if(!((key7 === "uid") || (key7 === "binaryPath"))){
const err104 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4,schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/0/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
}
if(data42.uid !== undefined){
let data43 = data42.uid;
if(!(((typeof data43 == "number") && (!(data43 % 1) && !isNaN(data43))) && (isFinite(data43)))){
const err105 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4+"/uid",schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/0/properties/uid/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
if((typeof data43 == "number") && (isFinite(data43))){
if(data43 > 4294967295 || isNaN(data43)){
const err106 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4+"/uid",schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/0/properties/uid/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967295},message:"must be <= 4294967295"};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
if(data43 < 0 || isNaN(data43)){
const err107 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4+"/uid",schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/0/properties/uid/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
}
}
if(data42.binaryPath !== undefined){
let data44 = data42.binaryPath;
if(typeof data44 === "string"){
if(func2(data44) > 4096){
const err108 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4+"/binaryPath",schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/0/properties/binaryPath/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
if(!pattern11.test(data44)){
const err109 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4+"/binaryPath",schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/0/properties/binaryPath/pattern",keyword:"pattern",params:{pattern: "^/"},message:"must match pattern \""+"^/"+"\""};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
}
else {
const err110 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4+"/binaryPath",schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/0/properties/binaryPath/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
}
}
else {
const err111 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4,schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/0/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
var _valid0 = _errs90 === errors;
if(_valid0){
valid17 = true;
passing0 = 0;
}
const _errs97 = errors;
if(data42 && typeof data42 == "object" && !Array.isArray(data42)){
if(data42.spiffeId === undefined){
const err112 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4,schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/1/required",keyword:"required",params:{missingProperty: "spiffeId"},message:"must have required property '"+"spiffeId"+"'"};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
for(const key8 in data42){
if(!(((key8 === "spiffeId") || (key8 === "publicKeySha256")) || (key8 === "measurement"))){
const err113 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4,schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/1/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
}
if(data42.spiffeId !== undefined){
let data45 = data42.spiffeId;
if(typeof data45 === "string"){
if(func2(data45) > 2048){
const err114 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4+"/spiffeId",schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/1/properties/spiffeId/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
if(!pattern12.test(data45)){
const err115 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4+"/spiffeId",schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/1/properties/spiffeId/pattern",keyword:"pattern",params:{pattern: "^spiffe://[a-z0-9._-]+(/[A-Za-z0-9._-]+)+$"},message:"must match pattern \""+"^spiffe://[a-z0-9._-]+(/[A-Za-z0-9._-]+)+$"+"\""};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
}
else {
const err116 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4+"/spiffeId",schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/1/properties/spiffeId/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
}
if(data42.publicKeySha256 !== undefined){
let data46 = data42.publicKeySha256;
if(typeof data46 === "string"){
if(!pattern13.test(data46)){
const err117 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4+"/publicKeySha256",schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/1/properties/publicKeySha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"},message:"must match pattern \""+"^[0-9a-f]{64}$"+"\""};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
}
else {
const err118 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4+"/publicKeySha256",schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/1/properties/publicKeySha256/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
}
if(data42.measurement !== undefined){
let data47 = data42.measurement;
if(typeof data47 === "string"){
if(func2(data47) > 1024){
const err119 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4+"/measurement",schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/1/properties/measurement/maxLength",keyword:"maxLength",params:{limit: 1024},message:"must NOT have more than 1024 characters"};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
if(func2(data47) < 1){
const err120 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4+"/measurement",schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/1/properties/measurement/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
}
else {
const err121 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4+"/measurement",schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/1/properties/measurement/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
}
}
}
else {
const err122 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4,schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf/1/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
var _valid0 = _errs97 === errors;
if(_valid0 && valid17){
valid17 = false;
passing0 = [passing0, 1];
}
else {
if(_valid0){
valid17 = true;
passing0 = 1;
}
}
if(!valid17){
const err123 = {instancePath:instancePath+"/policy/services/" + i0+"/callers/" + i4,schemaPath:"#/properties/policy/properties/services/items/properties/callers/items/oneOf",keyword:"oneOf",params:{passingSchemas: passing0},message:"must match exactly one schema in oneOf"};
if(vErrors === null){
vErrors = [err123];
}
else {
vErrors.push(err123);
}
errors++;
}
else {
errors = _errs89;
if(vErrors !== null){
if(_errs89){
vErrors.length = _errs89;
}
else {
vErrors = null;
}
}
}
}
}
else {
const err124 = {instancePath:instancePath+"/policy/services/" + i0+"/callers",schemaPath:"#/properties/policy/properties/services/items/properties/callers/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err124];
}
else {
vErrors.push(err124);
}
errors++;
}
}
}
else {
const err125 = {instancePath:instancePath+"/policy/services/" + i0,schemaPath:"#/properties/policy/properties/services/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err125];
}
else {
vErrors.push(err125);
}
errors++;
}
}
}
else {
const err126 = {instancePath:instancePath+"/policy/services",schemaPath:"#/properties/policy/properties/services/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err126];
}
else {
vErrors.push(err126);
}
errors++;
}
}
if(data0.attestation !== undefined){
let data48 = data0.attestation;
if(data48 && typeof data48 == "object" && !Array.isArray(data48)){
if(data48.issuer === undefined){
const err127 = {instancePath:instancePath+"/policy/attestation",schemaPath:"#/properties/policy/properties/attestation/required",keyword:"required",params:{missingProperty: "issuer"},message:"must have required property '"+"issuer"+"'"};
if(vErrors === null){
vErrors = [err127];
}
else {
vErrors.push(err127);
}
errors++;
}
if(data48.keys === undefined){
const err128 = {instancePath:instancePath+"/policy/attestation",schemaPath:"#/properties/policy/properties/attestation/required",keyword:"required",params:{missingProperty: "keys"},message:"must have required property '"+"keys"+"'"};
if(vErrors === null){
vErrors = [err128];
}
else {
vErrors.push(err128);
}
errors++;
}
if(data48.measurementClaim === undefined){
const err129 = {instancePath:instancePath+"/policy/attestation",schemaPath:"#/properties/policy/properties/attestation/required",keyword:"required",params:{missingProperty: "measurementClaim"},message:"must have required property '"+"measurementClaim"+"'"};
if(vErrors === null){
vErrors = [err129];
}
else {
vErrors.push(err129);
}
errors++;
}
if(data48.maxAgeSeconds === undefined){
const err130 = {instancePath:instancePath+"/policy/attestation",schemaPath:"#/properties/policy/properties/attestation/required",keyword:"required",params:{missingProperty: "maxAgeSeconds"},message:"must have required property '"+"maxAgeSeconds"+"'"};
if(vErrors === null){
vErrors = [err130];
}
else {
vErrors.push(err130);
}
errors++;
}
for(const key9 in data48){
if(!((((((key9 === "issuer") || (key9 === "audience")) || (key9 === "keys")) || (key9 === "measurementClaim")) || (key9 === "require")) || (key9 === "maxAgeSeconds"))){
const err131 = {instancePath:instancePath+"/policy/attestation",schemaPath:"#/properties/policy/properties/attestation/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err131];
}
else {
vErrors.push(err131);
}
errors++;
}
}
if(data48.issuer !== undefined){
let data49 = data48.issuer;
if(typeof data49 === "string"){
if(func2(data49) > 2048){
const err132 = {instancePath:instancePath+"/policy/attestation/issuer",schemaPath:"#/properties/policy/properties/attestation/properties/issuer/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err132];
}
else {
vErrors.push(err132);
}
errors++;
}
if(func2(data49) < 1){
const err133 = {instancePath:instancePath+"/policy/attestation/issuer",schemaPath:"#/properties/policy/properties/attestation/properties/issuer/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err133];
}
else {
vErrors.push(err133);
}
errors++;
}
}
else {
const err134 = {instancePath:instancePath+"/policy/attestation/issuer",schemaPath:"#/properties/policy/properties/attestation/properties/issuer/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err134];
}
else {
vErrors.push(err134);
}
errors++;
}
}
if(data48.audience !== undefined){
let data50 = data48.audience;
if(typeof data50 === "string"){
if(func2(data50) > 2048){
const err135 = {instancePath:instancePath+"/policy/attestation/audience",schemaPath:"#/properties/policy/properties/attestation/properties/audience/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err135];
}
else {
vErrors.push(err135);
}
errors++;
}
if(func2(data50) < 1){
const err136 = {instancePath:instancePath+"/policy/attestation/audience",schemaPath:"#/properties/policy/properties/attestation/properties/audience/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err136];
}
else {
vErrors.push(err136);
}
errors++;
}
}
else {
const err137 = {instancePath:instancePath+"/policy/attestation/audience",schemaPath:"#/properties/policy/properties/attestation/properties/audience/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err137];
}
else {
vErrors.push(err137);
}
errors++;
}
}
if(data48.keys !== undefined){
let data51 = data48.keys;
if(Array.isArray(data51)){
if(data51.length > 8){
const err138 = {instancePath:instancePath+"/policy/attestation/keys",schemaPath:"#/properties/policy/properties/attestation/properties/keys/maxItems",keyword:"maxItems",params:{limit: 8},message:"must NOT have more than 8 items"};
if(vErrors === null){
vErrors = [err138];
}
else {
vErrors.push(err138);
}
errors++;
}
if(data51.length < 1){
const err139 = {instancePath:instancePath+"/policy/attestation/keys",schemaPath:"#/properties/policy/properties/attestation/properties/keys/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err139];
}
else {
vErrors.push(err139);
}
errors++;
}
const len5 = data51.length;
for(let i5=0; i5<len5; i5++){
let data52 = data51[i5];
if(typeof data52 === "string"){
if(func2(data52) > 16384){
const err140 = {instancePath:instancePath+"/policy/attestation/keys/" + i5,schemaPath:"#/properties/policy/properties/attestation/properties/keys/items/maxLength",keyword:"maxLength",params:{limit: 16384},message:"must NOT have more than 16384 characters"};
if(vErrors === null){
vErrors = [err140];
}
else {
vErrors.push(err140);
}
errors++;
}
}
else {
const err141 = {instancePath:instancePath+"/policy/attestation/keys/" + i5,schemaPath:"#/properties/policy/properties/attestation/properties/keys/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err141];
}
else {
vErrors.push(err141);
}
errors++;
}
}
}
else {
const err142 = {instancePath:instancePath+"/policy/attestation/keys",schemaPath:"#/properties/policy/properties/attestation/properties/keys/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err142];
}
else {
vErrors.push(err142);
}
errors++;
}
}
if(data48.measurementClaim !== undefined){
let data53 = data48.measurementClaim;
if(typeof data53 === "string"){
if(func2(data53) > 512){
const err143 = {instancePath:instancePath+"/policy/attestation/measurementClaim",schemaPath:"#/properties/policy/properties/attestation/properties/measurementClaim/maxLength",keyword:"maxLength",params:{limit: 512},message:"must NOT have more than 512 characters"};
if(vErrors === null){
vErrors = [err143];
}
else {
vErrors.push(err143);
}
errors++;
}
if(!pattern14.test(data53)){
const err144 = {instancePath:instancePath+"/policy/attestation/measurementClaim",schemaPath:"#/properties/policy/properties/attestation/properties/measurementClaim/pattern",keyword:"pattern",params:{pattern: "^(/([^~/]|~[01])*)+$"},message:"must match pattern \""+"^(/([^~/]|~[01])*)+$"+"\""};
if(vErrors === null){
vErrors = [err144];
}
else {
vErrors.push(err144);
}
errors++;
}
}
else {
const err145 = {instancePath:instancePath+"/policy/attestation/measurementClaim",schemaPath:"#/properties/policy/properties/attestation/properties/measurementClaim/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err145];
}
else {
vErrors.push(err145);
}
errors++;
}
}
if(data48.require !== undefined){
let data54 = data48.require;
if(Array.isArray(data54)){
if(data54.length > 16){
const err146 = {instancePath:instancePath+"/policy/attestation/require",schemaPath:"#/properties/policy/properties/attestation/properties/require/maxItems",keyword:"maxItems",params:{limit: 16},message:"must NOT have more than 16 items"};
if(vErrors === null){
vErrors = [err146];
}
else {
vErrors.push(err146);
}
errors++;
}
const len6 = data54.length;
for(let i6=0; i6<len6; i6++){
let data55 = data54[i6];
if(data55 && typeof data55 == "object" && !Array.isArray(data55)){
if(data55.claim === undefined){
const err147 = {instancePath:instancePath+"/policy/attestation/require/" + i6,schemaPath:"#/properties/policy/properties/attestation/properties/require/items/required",keyword:"required",params:{missingProperty: "claim"},message:"must have required property '"+"claim"+"'"};
if(vErrors === null){
vErrors = [err147];
}
else {
vErrors.push(err147);
}
errors++;
}
if(data55.value === undefined){
const err148 = {instancePath:instancePath+"/policy/attestation/require/" + i6,schemaPath:"#/properties/policy/properties/attestation/properties/require/items/required",keyword:"required",params:{missingProperty: "value"},message:"must have required property '"+"value"+"'"};
if(vErrors === null){
vErrors = [err148];
}
else {
vErrors.push(err148);
}
errors++;
}
for(const key10 in data55){
if(!((key10 === "claim") || (key10 === "value"))){
const err149 = {instancePath:instancePath+"/policy/attestation/require/" + i6,schemaPath:"#/properties/policy/properties/attestation/properties/require/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err149];
}
else {
vErrors.push(err149);
}
errors++;
}
}
if(data55.claim !== undefined){
let data56 = data55.claim;
if(typeof data56 === "string"){
if(func2(data56) > 512){
const err150 = {instancePath:instancePath+"/policy/attestation/require/" + i6+"/claim",schemaPath:"#/properties/policy/properties/attestation/properties/require/items/properties/claim/maxLength",keyword:"maxLength",params:{limit: 512},message:"must NOT have more than 512 characters"};
if(vErrors === null){
vErrors = [err150];
}
else {
vErrors.push(err150);
}
errors++;
}
if(!pattern14.test(data56)){
const err151 = {instancePath:instancePath+"/policy/attestation/require/" + i6+"/claim",schemaPath:"#/properties/policy/properties/attestation/properties/require/items/properties/claim/pattern",keyword:"pattern",params:{pattern: "^(/([^~/]|~[01])*)+$"},message:"must match pattern \""+"^(/([^~/]|~[01])*)+$"+"\""};
if(vErrors === null){
vErrors = [err151];
}
else {
vErrors.push(err151);
}
errors++;
}
}
else {
const err152 = {instancePath:instancePath+"/policy/attestation/require/" + i6+"/claim",schemaPath:"#/properties/policy/properties/attestation/properties/require/items/properties/claim/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err152];
}
else {
vErrors.push(err152);
}
errors++;
}
}
if(data55.value !== undefined){
let data57 = data55.value;
if(typeof data57 === "string"){
if(func2(data57) > 2048){
const err153 = {instancePath:instancePath+"/policy/attestation/require/" + i6+"/value",schemaPath:"#/properties/policy/properties/attestation/properties/require/items/properties/value/maxLength",keyword:"maxLength",params:{limit: 2048},message:"must NOT have more than 2048 characters"};
if(vErrors === null){
vErrors = [err153];
}
else {
vErrors.push(err153);
}
errors++;
}
}
else {
const err154 = {instancePath:instancePath+"/policy/attestation/require/" + i6+"/value",schemaPath:"#/properties/policy/properties/attestation/properties/require/items/properties/value/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err154];
}
else {
vErrors.push(err154);
}
errors++;
}
}
}
else {
const err155 = {instancePath:instancePath+"/policy/attestation/require/" + i6,schemaPath:"#/properties/policy/properties/attestation/properties/require/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err155];
}
else {
vErrors.push(err155);
}
errors++;
}
}
}
else {
const err156 = {instancePath:instancePath+"/policy/attestation/require",schemaPath:"#/properties/policy/properties/attestation/properties/require/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err156];
}
else {
vErrors.push(err156);
}
errors++;
}
}
if(data48.maxAgeSeconds !== undefined){
let data58 = data48.maxAgeSeconds;
if(!(((typeof data58 == "number") && (!(data58 % 1) && !isNaN(data58))) && (isFinite(data58)))){
const err157 = {instancePath:instancePath+"/policy/attestation/maxAgeSeconds",schemaPath:"#/properties/policy/properties/attestation/properties/maxAgeSeconds/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err157];
}
else {
vErrors.push(err157);
}
errors++;
}
if((typeof data58 == "number") && (isFinite(data58))){
if(data58 > 86400 || isNaN(data58)){
const err158 = {instancePath:instancePath+"/policy/attestation/maxAgeSeconds",schemaPath:"#/properties/policy/properties/attestation/properties/maxAgeSeconds/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400},message:"must be <= 86400"};
if(vErrors === null){
vErrors = [err158];
}
else {
vErrors.push(err158);
}
errors++;
}
if(data58 < 1 || isNaN(data58)){
const err159 = {instancePath:instancePath+"/policy/attestation/maxAgeSeconds",schemaPath:"#/properties/policy/properties/attestation/properties/maxAgeSeconds/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err159];
}
else {
vErrors.push(err159);
}
errors++;
}
}
}
}
else {
const err160 = {instancePath:instancePath+"/policy/attestation",schemaPath:"#/properties/policy/properties/attestation/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err160];
}
else {
vErrors.push(err160);
}
errors++;
}
}
}
else {
const err161 = {instancePath:instancePath+"/policy",schemaPath:"#/properties/policy/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err161];
}
else {
vErrors.push(err161);
}
errors++;
}
}
if(data.version !== undefined){
let data59 = data.version;
if(typeof data59 === "string"){
if(func2(data59) > 256){
const err162 = {instancePath:instancePath+"/version",schemaPath:"#/properties/version/maxLength",keyword:"maxLength",params:{limit: 256},message:"must NOT have more than 256 characters"};
if(vErrors === null){
vErrors = [err162];
}
else {
vErrors.push(err162);
}
errors++;
}
}
else {
const err163 = {instancePath:instancePath+"/version",schemaPath:"#/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err163];
}
else {
vErrors.push(err163);
}
errors++;
}
}
if(data.trustBundle !== undefined){
let data60 = data.trustBundle;
if(typeof data60 === "string"){
if(func2(data60) > 65536){
const err164 = {instancePath:instancePath+"/trustBundle",schemaPath:"#/properties/trustBundle/maxLength",keyword:"maxLength",params:{limit: 65536},message:"must NOT have more than 65536 characters"};
if(vErrors === null){
vErrors = [err164];
}
else {
vErrors.push(err164);
}
errors++;
}
if(func2(data60) < 1){
const err165 = {instancePath:instancePath+"/trustBundle",schemaPath:"#/properties/trustBundle/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"};
if(vErrors === null){
vErrors = [err165];
}
else {
vErrors.push(err165);
}
errors++;
}
}
else {
const err166 = {instancePath:instancePath+"/trustBundle",schemaPath:"#/properties/trustBundle/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err166];
}
else {
vErrors.push(err166);
}
errors++;
}
}
}
else {
const err167 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err167];
}
else {
vErrors.push(err167);
}
errors++;
}
validate22.errors = vErrors;
return errors === 0;
}

export const checkVerifyK10: SchemaCheck = validate23;
const schema24 = {"type":"object","additionalProperties":false,"required":["device_address","payload","sig"],"properties":{"device_address":{"type":"string","pattern":"^0x[0-9a-fA-F]{40}$"},"payload":{"type":"string","pattern":"^0x[0-9a-fA-F]{64}$"},"sig":{"type":"string","pattern":"^0x[0-9a-fA-F]{130}$"}}};
const pattern37 = new RegExp("^0x[0-9a-fA-F]{40}$", "u");
const pattern39 = new RegExp("^0x[0-9a-fA-F]{130}$", "u");

function validate23(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.device_address === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "device_address"},message:"must have required property '"+"device_address"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.payload === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "payload"},message:"must have required property '"+"payload"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.sig === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "sig"},message:"must have required property '"+"sig"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "device_address") || (key0 === "payload")) || (key0 === "sig"))){
const err3 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.device_address !== undefined){
let data0 = data.device_address;
if(typeof data0 === "string"){
if(!pattern37.test(data0)){
const err4 = {instancePath:instancePath+"/device_address",schemaPath:"#/properties/device_address/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-fA-F]{40}$"},message:"must match pattern \""+"^0x[0-9a-fA-F]{40}$"+"\""};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/device_address",schemaPath:"#/properties/device_address/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.payload !== undefined){
let data1 = data.payload;
if(typeof data1 === "string"){
if(!pattern0.test(data1)){
const err6 = {instancePath:instancePath+"/payload",schemaPath:"#/properties/payload/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-fA-F]{64}$"},message:"must match pattern \""+"^0x[0-9a-fA-F]{64}$"+"\""};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/payload",schemaPath:"#/properties/payload/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.sig !== undefined){
let data2 = data.sig;
if(typeof data2 === "string"){
if(!pattern39.test(data2)){
const err8 = {instancePath:instancePath+"/sig",schemaPath:"#/properties/sig/pattern",keyword:"pattern",params:{pattern: "^0x[0-9a-fA-F]{130}$"},message:"must match pattern \""+"^0x[0-9a-fA-F]{130}$"+"\""};
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
const err9 = {instancePath:instancePath+"/sig",schemaPath:"#/properties/sig/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
}
else {
const err10 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
validate23.errors = vErrors;
return errors === 0;
}

export const checkStoreRequest: SchemaCheck = validate24;
const schema25 = {"type":"object","additionalProperties":false,"required":["value_b64"],"properties":{"value_b64":{"type":"string","minLength":4,"maxLength":87384,"pattern":"^[A-Za-z0-9+/]+={0,2}$"},"if_version":{"type":["string","null"],"maxLength":256}}};

function validate24(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.value_b64 === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "value_b64"},message:"must have required property '"+"value_b64"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((key0 === "value_b64") || (key0 === "if_version"))){
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
if(data.value_b64 !== undefined){
let data0 = data.value_b64;
if(typeof data0 === "string"){
if(func2(data0) > 87384){
const err2 = {instancePath:instancePath+"/value_b64",schemaPath:"#/properties/value_b64/maxLength",keyword:"maxLength",params:{limit: 87384},message:"must NOT have more than 87384 characters"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(func2(data0) < 4){
const err3 = {instancePath:instancePath+"/value_b64",schemaPath:"#/properties/value_b64/minLength",keyword:"minLength",params:{limit: 4},message:"must NOT have fewer than 4 characters"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!pattern16.test(data0)){
const err4 = {instancePath:instancePath+"/value_b64",schemaPath:"#/properties/value_b64/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9+/]+={0,2}$"},message:"must match pattern \""+"^[A-Za-z0-9+/]+={0,2}$"+"\""};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/value_b64",schemaPath:"#/properties/value_b64/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.if_version !== undefined){
let data1 = data.if_version;
if((typeof data1 !== "string") && (data1 !== null)){
const err6 = {instancePath:instancePath+"/if_version",schemaPath:"#/properties/if_version/type",keyword:"type",params:{type: schema25.properties.if_version.type},message:"must be string,null"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(typeof data1 === "string"){
if(func2(data1) > 256){
const err7 = {instancePath:instancePath+"/if_version",schemaPath:"#/properties/if_version/maxLength",keyword:"maxLength",params:{limit: 256},message:"must NOT have more than 256 characters"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
}
else {
const err8 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
validate24.errors = vErrors;
return errors === 0;
}

export const checkSts: SchemaCheck = validate25;
const schema26 = {"type":"object","additionalProperties":false,"required":["cap","delegation","proof"],"properties":{"cap":{"type":"string","maxLength":8192},"delegation":{"type":"string","maxLength":8192},"proof":{"type":"string","maxLength":4096}}};

function validate25(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.cap === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "cap"},message:"must have required property '"+"cap"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.delegation === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "delegation"},message:"must have required property '"+"delegation"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.proof === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "proof"},message:"must have required property '"+"proof"+"'"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "cap") || (key0 === "delegation")) || (key0 === "proof"))){
const err3 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.cap !== undefined){
let data0 = data.cap;
if(typeof data0 === "string"){
if(func2(data0) > 8192){
const err4 = {instancePath:instancePath+"/cap",schemaPath:"#/properties/cap/maxLength",keyword:"maxLength",params:{limit: 8192},message:"must NOT have more than 8192 characters"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/cap",schemaPath:"#/properties/cap/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.delegation !== undefined){
let data1 = data.delegation;
if(typeof data1 === "string"){
if(func2(data1) > 8192){
const err6 = {instancePath:instancePath+"/delegation",schemaPath:"#/properties/delegation/maxLength",keyword:"maxLength",params:{limit: 8192},message:"must NOT have more than 8192 characters"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/delegation",schemaPath:"#/properties/delegation/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.proof !== undefined){
let data2 = data.proof;
if(typeof data2 === "string"){
if(func2(data2) > 4096){
const err8 = {instancePath:instancePath+"/proof",schemaPath:"#/properties/proof/maxLength",keyword:"maxLength",params:{limit: 4096},message:"must NOT have more than 4096 characters"};
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
const err9 = {instancePath:instancePath+"/proof",schemaPath:"#/properties/proof/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
}
else {
const err10 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
validate25.errors = vErrors;
return errors === 0;
}

export const checkTeardownRequest: SchemaCheck = validate26;
const schema27 = {"type":"object","additionalProperties":false,"properties":{"all":{"type":"boolean"}}};

function validate26(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(key0 === "all")){
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
if(data.all !== undefined){
if(typeof data.all !== "boolean"){
const err1 = {instancePath:instancePath+"/all",schemaPath:"#/properties/all/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
}
else {
const err2 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
validate26.errors = vErrors;
return errors === 0;
}
