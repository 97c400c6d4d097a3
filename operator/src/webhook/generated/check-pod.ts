// @ts-nocheck -- written by hack/schema-checks.ts: do not edit, run `make generate`
import { type SchemaCheck } from "@agentkeys/common/validator";
export const checkPod: SchemaCheck = validate10;
const schema11 = {"type":"object","required":["metadata","spec"],"properties":{"metadata":{"type":"object","required":[],"properties":{"name":{"type":["string","null"]},"namespace":{"type":["string","null"]},"labels":{"type":["object","null"],"additionalProperties":{"type":"string"}},"annotations":{"type":["object","null"],"additionalProperties":{"type":"string"}}}},"spec":{"type":"object","required":[],"properties":{"containers":{"type":["array","null"],"items":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"ports":{"type":["array","null"],"items":{"type":"object","required":["containerPort"],"properties":{"containerPort":{"type":"integer"}}}},"env":{"type":["array","null"],"items":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"value":{"type":["string","null"]}}}},"volumeMounts":{"type":["array","null"],"items":{"type":"object","required":["name","mountPath"],"properties":{"name":{"type":"string"},"mountPath":{"type":"string"}}}}}}},"initContainers":{"type":["array","null"],"items":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"ports":{"type":["array","null"],"items":{"type":"object","required":["containerPort"],"properties":{"containerPort":{"type":"integer"}}}},"env":{"type":["array","null"],"items":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"value":{"type":["string","null"]}}}},"volumeMounts":{"type":["array","null"],"items":{"type":"object","required":["name","mountPath"],"properties":{"name":{"type":"string"},"mountPath":{"type":"string"}}}}}}},"ephemeralContainers":{"type":["array","null"],"items":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"ports":{"type":["array","null"],"items":{"type":"object","required":["containerPort"],"properties":{"containerPort":{"type":"integer"}}}},"env":{"type":["array","null"],"items":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"value":{"type":["string","null"]}}}},"volumeMounts":{"type":["array","null"],"items":{"type":"object","required":["name","mountPath"],"properties":{"name":{"type":"string"},"mountPath":{"type":"string"}}}}}}},"volumes":{"type":["array","null"],"items":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"projected":{"type":["object","null"],"properties":{"sources":{"type":["array","null"],"items":{"type":"object","required":[],"properties":{"serviceAccountToken":{"type":["object","null"],"properties":{"audience":{"type":["string","null"]}}}}}}}}}}},"serviceAccountName":{"type":["string","null"]},"hostNetwork":{"type":["boolean","null"]},"os":{"type":["object","null"],"properties":{"name":{"type":["string","null"]}}},"nodeSelector":{"type":["object","null"],"additionalProperties":{"type":"string"}}}}}};

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.metadata === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "metadata"},message:"must have required property '"+"metadata"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.spec === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "spec"},message:"must have required property '"+"spec"+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.metadata !== undefined){
let data0 = data.metadata;
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.name !== undefined){
let data1 = data0.name;
if((typeof data1 !== "string") && (data1 !== null)){
const err2 = {instancePath:instancePath+"/metadata/name",schemaPath:"#/properties/metadata/properties/name/type",keyword:"type",params:{type: schema11.properties.metadata.properties.name.type},message:"must be string,null"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data0.namespace !== undefined){
let data2 = data0.namespace;
if((typeof data2 !== "string") && (data2 !== null)){
const err3 = {instancePath:instancePath+"/metadata/namespace",schemaPath:"#/properties/metadata/properties/namespace/type",keyword:"type",params:{type: schema11.properties.metadata.properties.namespace.type},message:"must be string,null"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data0.labels !== undefined){
let data3 = data0.labels;
if((!(data3 && typeof data3 == "object" && !Array.isArray(data3))) && (data3 !== null)){
const err4 = {instancePath:instancePath+"/metadata/labels",schemaPath:"#/properties/metadata/properties/labels/type",keyword:"type",params:{type: schema11.properties.metadata.properties.labels.type},message:"must be object,null"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
for(const key0 in data3){
if(typeof data3[key0] !== "string"){
const err5 = {instancePath:instancePath+"/metadata/labels/" + key0.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/labels/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
}
}
if(data0.annotations !== undefined){
let data5 = data0.annotations;
if((!(data5 && typeof data5 == "object" && !Array.isArray(data5))) && (data5 !== null)){
const err6 = {instancePath:instancePath+"/metadata/annotations",schemaPath:"#/properties/metadata/properties/annotations/type",keyword:"type",params:{type: schema11.properties.metadata.properties.annotations.type},message:"must be object,null"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
for(const key1 in data5){
if(typeof data5[key1] !== "string"){
const err7 = {instancePath:instancePath+"/metadata/annotations/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/annotations/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string"};
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
}
else {
const err8 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.spec !== undefined){
let data7 = data.spec;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
if(data7.containers !== undefined){
let data8 = data7.containers;
if((!(Array.isArray(data8))) && (data8 !== null)){
const err9 = {instancePath:instancePath+"/spec/containers",schemaPath:"#/properties/spec/properties/containers/type",keyword:"type",params:{type: schema11.properties.spec.properties.containers.type},message:"must be array,null"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(Array.isArray(data8)){
const len0 = data8.length;
for(let i0=0; i0<len0; i0++){
let data9 = data8[i0];
if(data9 && typeof data9 == "object" && !Array.isArray(data9)){
if(data9.name === undefined){
const err10 = {instancePath:instancePath+"/spec/containers/" + i0,schemaPath:"#/properties/spec/properties/containers/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data9.name !== undefined){
if(typeof data9.name !== "string"){
const err11 = {instancePath:instancePath+"/spec/containers/" + i0+"/name",schemaPath:"#/properties/spec/properties/containers/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data9.ports !== undefined){
let data11 = data9.ports;
if((!(Array.isArray(data11))) && (data11 !== null)){
const err12 = {instancePath:instancePath+"/spec/containers/" + i0+"/ports",schemaPath:"#/properties/spec/properties/containers/items/properties/ports/type",keyword:"type",params:{type: schema11.properties.spec.properties.containers.items.properties.ports.type},message:"must be array,null"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(Array.isArray(data11)){
const len1 = data11.length;
for(let i1=0; i1<len1; i1++){
let data12 = data11[i1];
if(data12 && typeof data12 == "object" && !Array.isArray(data12)){
if(data12.containerPort === undefined){
const err13 = {instancePath:instancePath+"/spec/containers/" + i0+"/ports/" + i1,schemaPath:"#/properties/spec/properties/containers/items/properties/ports/items/required",keyword:"required",params:{missingProperty: "containerPort"},message:"must have required property '"+"containerPort"+"'"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data12.containerPort !== undefined){
let data13 = data12.containerPort;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
const err14 = {instancePath:instancePath+"/spec/containers/" + i0+"/ports/" + i1+"/containerPort",schemaPath:"#/properties/spec/properties/containers/items/properties/ports/items/properties/containerPort/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
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
const err15 = {instancePath:instancePath+"/spec/containers/" + i0+"/ports/" + i1,schemaPath:"#/properties/spec/properties/containers/items/properties/ports/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
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
}
if(data9.env !== undefined){
let data14 = data9.env;
if((!(Array.isArray(data14))) && (data14 !== null)){
const err16 = {instancePath:instancePath+"/spec/containers/" + i0+"/env",schemaPath:"#/properties/spec/properties/containers/items/properties/env/type",keyword:"type",params:{type: schema11.properties.spec.properties.containers.items.properties.env.type},message:"must be array,null"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(Array.isArray(data14)){
const len2 = data14.length;
for(let i2=0; i2<len2; i2++){
let data15 = data14[i2];
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
if(data15.name === undefined){
const err17 = {instancePath:instancePath+"/spec/containers/" + i0+"/env/" + i2,schemaPath:"#/properties/spec/properties/containers/items/properties/env/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data15.name !== undefined){
if(typeof data15.name !== "string"){
const err18 = {instancePath:instancePath+"/spec/containers/" + i0+"/env/" + i2+"/name",schemaPath:"#/properties/spec/properties/containers/items/properties/env/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data15.value !== undefined){
let data17 = data15.value;
if((typeof data17 !== "string") && (data17 !== null)){
const err19 = {instancePath:instancePath+"/spec/containers/" + i0+"/env/" + i2+"/value",schemaPath:"#/properties/spec/properties/containers/items/properties/env/items/properties/value/type",keyword:"type",params:{type: schema11.properties.spec.properties.containers.items.properties.env.items.properties.value.type},message:"must be string,null"};
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
else {
const err20 = {instancePath:instancePath+"/spec/containers/" + i0+"/env/" + i2,schemaPath:"#/properties/spec/properties/containers/items/properties/env/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
}
}
if(data9.volumeMounts !== undefined){
let data18 = data9.volumeMounts;
if((!(Array.isArray(data18))) && (data18 !== null)){
const err21 = {instancePath:instancePath+"/spec/containers/" + i0+"/volumeMounts",schemaPath:"#/properties/spec/properties/containers/items/properties/volumeMounts/type",keyword:"type",params:{type: schema11.properties.spec.properties.containers.items.properties.volumeMounts.type},message:"must be array,null"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(Array.isArray(data18)){
const len3 = data18.length;
for(let i3=0; i3<len3; i3++){
let data19 = data18[i3];
if(data19 && typeof data19 == "object" && !Array.isArray(data19)){
if(data19.name === undefined){
const err22 = {instancePath:instancePath+"/spec/containers/" + i0+"/volumeMounts/" + i3,schemaPath:"#/properties/spec/properties/containers/items/properties/volumeMounts/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(data19.mountPath === undefined){
const err23 = {instancePath:instancePath+"/spec/containers/" + i0+"/volumeMounts/" + i3,schemaPath:"#/properties/spec/properties/containers/items/properties/volumeMounts/items/required",keyword:"required",params:{missingProperty: "mountPath"},message:"must have required property '"+"mountPath"+"'"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(data19.name !== undefined){
if(typeof data19.name !== "string"){
const err24 = {instancePath:instancePath+"/spec/containers/" + i0+"/volumeMounts/" + i3+"/name",schemaPath:"#/properties/spec/properties/containers/items/properties/volumeMounts/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data19.mountPath !== undefined){
if(typeof data19.mountPath !== "string"){
const err25 = {instancePath:instancePath+"/spec/containers/" + i0+"/volumeMounts/" + i3+"/mountPath",schemaPath:"#/properties/spec/properties/containers/items/properties/volumeMounts/items/properties/mountPath/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
}
else {
const err26 = {instancePath:instancePath+"/spec/containers/" + i0+"/volumeMounts/" + i3,schemaPath:"#/properties/spec/properties/containers/items/properties/volumeMounts/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
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
}
}
else {
const err27 = {instancePath:instancePath+"/spec/containers/" + i0,schemaPath:"#/properties/spec/properties/containers/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
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
}
if(data7.initContainers !== undefined){
let data22 = data7.initContainers;
if((!(Array.isArray(data22))) && (data22 !== null)){
const err28 = {instancePath:instancePath+"/spec/initContainers",schemaPath:"#/properties/spec/properties/initContainers/type",keyword:"type",params:{type: schema11.properties.spec.properties.initContainers.type},message:"must be array,null"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if(Array.isArray(data22)){
const len4 = data22.length;
for(let i4=0; i4<len4; i4++){
let data23 = data22[i4];
if(data23 && typeof data23 == "object" && !Array.isArray(data23)){
if(data23.name === undefined){
const err29 = {instancePath:instancePath+"/spec/initContainers/" + i4,schemaPath:"#/properties/spec/properties/initContainers/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
if(data23.name !== undefined){
if(typeof data23.name !== "string"){
const err30 = {instancePath:instancePath+"/spec/initContainers/" + i4+"/name",schemaPath:"#/properties/spec/properties/initContainers/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data23.ports !== undefined){
let data25 = data23.ports;
if((!(Array.isArray(data25))) && (data25 !== null)){
const err31 = {instancePath:instancePath+"/spec/initContainers/" + i4+"/ports",schemaPath:"#/properties/spec/properties/initContainers/items/properties/ports/type",keyword:"type",params:{type: schema11.properties.spec.properties.initContainers.items.properties.ports.type},message:"must be array,null"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if(Array.isArray(data25)){
const len5 = data25.length;
for(let i5=0; i5<len5; i5++){
let data26 = data25[i5];
if(data26 && typeof data26 == "object" && !Array.isArray(data26)){
if(data26.containerPort === undefined){
const err32 = {instancePath:instancePath+"/spec/initContainers/" + i4+"/ports/" + i5,schemaPath:"#/properties/spec/properties/initContainers/items/properties/ports/items/required",keyword:"required",params:{missingProperty: "containerPort"},message:"must have required property '"+"containerPort"+"'"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if(data26.containerPort !== undefined){
let data27 = data26.containerPort;
if(!(((typeof data27 == "number") && (!(data27 % 1) && !isNaN(data27))) && (isFinite(data27)))){
const err33 = {instancePath:instancePath+"/spec/initContainers/" + i4+"/ports/" + i5+"/containerPort",schemaPath:"#/properties/spec/properties/initContainers/items/properties/ports/items/properties/containerPort/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
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
const err34 = {instancePath:instancePath+"/spec/initContainers/" + i4+"/ports/" + i5,schemaPath:"#/properties/spec/properties/initContainers/items/properties/ports/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
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
}
if(data23.env !== undefined){
let data28 = data23.env;
if((!(Array.isArray(data28))) && (data28 !== null)){
const err35 = {instancePath:instancePath+"/spec/initContainers/" + i4+"/env",schemaPath:"#/properties/spec/properties/initContainers/items/properties/env/type",keyword:"type",params:{type: schema11.properties.spec.properties.initContainers.items.properties.env.type},message:"must be array,null"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
if(Array.isArray(data28)){
const len6 = data28.length;
for(let i6=0; i6<len6; i6++){
let data29 = data28[i6];
if(data29 && typeof data29 == "object" && !Array.isArray(data29)){
if(data29.name === undefined){
const err36 = {instancePath:instancePath+"/spec/initContainers/" + i4+"/env/" + i6,schemaPath:"#/properties/spec/properties/initContainers/items/properties/env/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if(data29.name !== undefined){
if(typeof data29.name !== "string"){
const err37 = {instancePath:instancePath+"/spec/initContainers/" + i4+"/env/" + i6+"/name",schemaPath:"#/properties/spec/properties/initContainers/items/properties/env/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
if(data29.value !== undefined){
let data31 = data29.value;
if((typeof data31 !== "string") && (data31 !== null)){
const err38 = {instancePath:instancePath+"/spec/initContainers/" + i4+"/env/" + i6+"/value",schemaPath:"#/properties/spec/properties/initContainers/items/properties/env/items/properties/value/type",keyword:"type",params:{type: schema11.properties.spec.properties.initContainers.items.properties.env.items.properties.value.type},message:"must be string,null"};
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
const err39 = {instancePath:instancePath+"/spec/initContainers/" + i4+"/env/" + i6,schemaPath:"#/properties/spec/properties/initContainers/items/properties/env/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
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
}
if(data23.volumeMounts !== undefined){
let data32 = data23.volumeMounts;
if((!(Array.isArray(data32))) && (data32 !== null)){
const err40 = {instancePath:instancePath+"/spec/initContainers/" + i4+"/volumeMounts",schemaPath:"#/properties/spec/properties/initContainers/items/properties/volumeMounts/type",keyword:"type",params:{type: schema11.properties.spec.properties.initContainers.items.properties.volumeMounts.type},message:"must be array,null"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(Array.isArray(data32)){
const len7 = data32.length;
for(let i7=0; i7<len7; i7++){
let data33 = data32[i7];
if(data33 && typeof data33 == "object" && !Array.isArray(data33)){
if(data33.name === undefined){
const err41 = {instancePath:instancePath+"/spec/initContainers/" + i4+"/volumeMounts/" + i7,schemaPath:"#/properties/spec/properties/initContainers/items/properties/volumeMounts/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
if(data33.mountPath === undefined){
const err42 = {instancePath:instancePath+"/spec/initContainers/" + i4+"/volumeMounts/" + i7,schemaPath:"#/properties/spec/properties/initContainers/items/properties/volumeMounts/items/required",keyword:"required",params:{missingProperty: "mountPath"},message:"must have required property '"+"mountPath"+"'"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
if(data33.name !== undefined){
if(typeof data33.name !== "string"){
const err43 = {instancePath:instancePath+"/spec/initContainers/" + i4+"/volumeMounts/" + i7+"/name",schemaPath:"#/properties/spec/properties/initContainers/items/properties/volumeMounts/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
if(data33.mountPath !== undefined){
if(typeof data33.mountPath !== "string"){
const err44 = {instancePath:instancePath+"/spec/initContainers/" + i4+"/volumeMounts/" + i7+"/mountPath",schemaPath:"#/properties/spec/properties/initContainers/items/properties/volumeMounts/items/properties/mountPath/type",keyword:"type",params:{type: "string"},message:"must be string"};
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
const err45 = {instancePath:instancePath+"/spec/initContainers/" + i4+"/volumeMounts/" + i7,schemaPath:"#/properties/spec/properties/initContainers/items/properties/volumeMounts/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
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
}
}
else {
const err46 = {instancePath:instancePath+"/spec/initContainers/" + i4,schemaPath:"#/properties/spec/properties/initContainers/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
}
}
if(data7.ephemeralContainers !== undefined){
let data36 = data7.ephemeralContainers;
if((!(Array.isArray(data36))) && (data36 !== null)){
const err47 = {instancePath:instancePath+"/spec/ephemeralContainers",schemaPath:"#/properties/spec/properties/ephemeralContainers/type",keyword:"type",params:{type: schema11.properties.spec.properties.ephemeralContainers.type},message:"must be array,null"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
if(Array.isArray(data36)){
const len8 = data36.length;
for(let i8=0; i8<len8; i8++){
let data37 = data36[i8];
if(data37 && typeof data37 == "object" && !Array.isArray(data37)){
if(data37.name === undefined){
const err48 = {instancePath:instancePath+"/spec/ephemeralContainers/" + i8,schemaPath:"#/properties/spec/properties/ephemeralContainers/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if(data37.name !== undefined){
if(typeof data37.name !== "string"){
const err49 = {instancePath:instancePath+"/spec/ephemeralContainers/" + i8+"/name",schemaPath:"#/properties/spec/properties/ephemeralContainers/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
if(data37.ports !== undefined){
let data39 = data37.ports;
if((!(Array.isArray(data39))) && (data39 !== null)){
const err50 = {instancePath:instancePath+"/spec/ephemeralContainers/" + i8+"/ports",schemaPath:"#/properties/spec/properties/ephemeralContainers/items/properties/ports/type",keyword:"type",params:{type: schema11.properties.spec.properties.ephemeralContainers.items.properties.ports.type},message:"must be array,null"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
if(Array.isArray(data39)){
const len9 = data39.length;
for(let i9=0; i9<len9; i9++){
let data40 = data39[i9];
if(data40 && typeof data40 == "object" && !Array.isArray(data40)){
if(data40.containerPort === undefined){
const err51 = {instancePath:instancePath+"/spec/ephemeralContainers/" + i8+"/ports/" + i9,schemaPath:"#/properties/spec/properties/ephemeralContainers/items/properties/ports/items/required",keyword:"required",params:{missingProperty: "containerPort"},message:"must have required property '"+"containerPort"+"'"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
if(data40.containerPort !== undefined){
let data41 = data40.containerPort;
if(!(((typeof data41 == "number") && (!(data41 % 1) && !isNaN(data41))) && (isFinite(data41)))){
const err52 = {instancePath:instancePath+"/spec/ephemeralContainers/" + i8+"/ports/" + i9+"/containerPort",schemaPath:"#/properties/spec/properties/ephemeralContainers/items/properties/ports/items/properties/containerPort/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
}
else {
const err53 = {instancePath:instancePath+"/spec/ephemeralContainers/" + i8+"/ports/" + i9,schemaPath:"#/properties/spec/properties/ephemeralContainers/items/properties/ports/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
}
}
if(data37.env !== undefined){
let data42 = data37.env;
if((!(Array.isArray(data42))) && (data42 !== null)){
const err54 = {instancePath:instancePath+"/spec/ephemeralContainers/" + i8+"/env",schemaPath:"#/properties/spec/properties/ephemeralContainers/items/properties/env/type",keyword:"type",params:{type: schema11.properties.spec.properties.ephemeralContainers.items.properties.env.type},message:"must be array,null"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
if(Array.isArray(data42)){
const len10 = data42.length;
for(let i10=0; i10<len10; i10++){
let data43 = data42[i10];
if(data43 && typeof data43 == "object" && !Array.isArray(data43)){
if(data43.name === undefined){
const err55 = {instancePath:instancePath+"/spec/ephemeralContainers/" + i8+"/env/" + i10,schemaPath:"#/properties/spec/properties/ephemeralContainers/items/properties/env/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
if(data43.name !== undefined){
if(typeof data43.name !== "string"){
const err56 = {instancePath:instancePath+"/spec/ephemeralContainers/" + i8+"/env/" + i10+"/name",schemaPath:"#/properties/spec/properties/ephemeralContainers/items/properties/env/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
if(data43.value !== undefined){
let data45 = data43.value;
if((typeof data45 !== "string") && (data45 !== null)){
const err57 = {instancePath:instancePath+"/spec/ephemeralContainers/" + i8+"/env/" + i10+"/value",schemaPath:"#/properties/spec/properties/ephemeralContainers/items/properties/env/items/properties/value/type",keyword:"type",params:{type: schema11.properties.spec.properties.ephemeralContainers.items.properties.env.items.properties.value.type},message:"must be string,null"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
}
else {
const err58 = {instancePath:instancePath+"/spec/ephemeralContainers/" + i8+"/env/" + i10,schemaPath:"#/properties/spec/properties/ephemeralContainers/items/properties/env/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
}
}
if(data37.volumeMounts !== undefined){
let data46 = data37.volumeMounts;
if((!(Array.isArray(data46))) && (data46 !== null)){
const err59 = {instancePath:instancePath+"/spec/ephemeralContainers/" + i8+"/volumeMounts",schemaPath:"#/properties/spec/properties/ephemeralContainers/items/properties/volumeMounts/type",keyword:"type",params:{type: schema11.properties.spec.properties.ephemeralContainers.items.properties.volumeMounts.type},message:"must be array,null"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
if(Array.isArray(data46)){
const len11 = data46.length;
for(let i11=0; i11<len11; i11++){
let data47 = data46[i11];
if(data47 && typeof data47 == "object" && !Array.isArray(data47)){
if(data47.name === undefined){
const err60 = {instancePath:instancePath+"/spec/ephemeralContainers/" + i8+"/volumeMounts/" + i11,schemaPath:"#/properties/spec/properties/ephemeralContainers/items/properties/volumeMounts/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
if(data47.mountPath === undefined){
const err61 = {instancePath:instancePath+"/spec/ephemeralContainers/" + i8+"/volumeMounts/" + i11,schemaPath:"#/properties/spec/properties/ephemeralContainers/items/properties/volumeMounts/items/required",keyword:"required",params:{missingProperty: "mountPath"},message:"must have required property '"+"mountPath"+"'"};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
if(data47.name !== undefined){
if(typeof data47.name !== "string"){
const err62 = {instancePath:instancePath+"/spec/ephemeralContainers/" + i8+"/volumeMounts/" + i11+"/name",schemaPath:"#/properties/spec/properties/ephemeralContainers/items/properties/volumeMounts/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
if(data47.mountPath !== undefined){
if(typeof data47.mountPath !== "string"){
const err63 = {instancePath:instancePath+"/spec/ephemeralContainers/" + i8+"/volumeMounts/" + i11+"/mountPath",schemaPath:"#/properties/spec/properties/ephemeralContainers/items/properties/volumeMounts/items/properties/mountPath/type",keyword:"type",params:{type: "string"},message:"must be string"};
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
const err64 = {instancePath:instancePath+"/spec/ephemeralContainers/" + i8+"/volumeMounts/" + i11,schemaPath:"#/properties/spec/properties/ephemeralContainers/items/properties/volumeMounts/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
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
}
}
else {
const err65 = {instancePath:instancePath+"/spec/ephemeralContainers/" + i8,schemaPath:"#/properties/spec/properties/ephemeralContainers/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
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
}
if(data7.volumes !== undefined){
let data50 = data7.volumes;
if((!(Array.isArray(data50))) && (data50 !== null)){
const err66 = {instancePath:instancePath+"/spec/volumes",schemaPath:"#/properties/spec/properties/volumes/type",keyword:"type",params:{type: schema11.properties.spec.properties.volumes.type},message:"must be array,null"};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
if(Array.isArray(data50)){
const len12 = data50.length;
for(let i12=0; i12<len12; i12++){
let data51 = data50[i12];
if(data51 && typeof data51 == "object" && !Array.isArray(data51)){
if(data51.name === undefined){
const err67 = {instancePath:instancePath+"/spec/volumes/" + i12,schemaPath:"#/properties/spec/properties/volumes/items/required",keyword:"required",params:{missingProperty: "name"},message:"must have required property '"+"name"+"'"};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
if(data51.name !== undefined){
if(typeof data51.name !== "string"){
const err68 = {instancePath:instancePath+"/spec/volumes/" + i12+"/name",schemaPath:"#/properties/spec/properties/volumes/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
if(data51.projected !== undefined){
let data53 = data51.projected;
if((!(data53 && typeof data53 == "object" && !Array.isArray(data53))) && (data53 !== null)){
const err69 = {instancePath:instancePath+"/spec/volumes/" + i12+"/projected",schemaPath:"#/properties/spec/properties/volumes/items/properties/projected/type",keyword:"type",params:{type: schema11.properties.spec.properties.volumes.items.properties.projected.type},message:"must be object,null"};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
if(data53 && typeof data53 == "object" && !Array.isArray(data53)){
if(data53.sources !== undefined){
let data54 = data53.sources;
if((!(Array.isArray(data54))) && (data54 !== null)){
const err70 = {instancePath:instancePath+"/spec/volumes/" + i12+"/projected/sources",schemaPath:"#/properties/spec/properties/volumes/items/properties/projected/properties/sources/type",keyword:"type",params:{type: schema11.properties.spec.properties.volumes.items.properties.projected.properties.sources.type},message:"must be array,null"};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
if(Array.isArray(data54)){
const len13 = data54.length;
for(let i13=0; i13<len13; i13++){
let data55 = data54[i13];
if(data55 && typeof data55 == "object" && !Array.isArray(data55)){
if(data55.serviceAccountToken !== undefined){
let data56 = data55.serviceAccountToken;
if((!(data56 && typeof data56 == "object" && !Array.isArray(data56))) && (data56 !== null)){
const err71 = {instancePath:instancePath+"/spec/volumes/" + i12+"/projected/sources/" + i13+"/serviceAccountToken",schemaPath:"#/properties/spec/properties/volumes/items/properties/projected/properties/sources/items/properties/serviceAccountToken/type",keyword:"type",params:{type: schema11.properties.spec.properties.volumes.items.properties.projected.properties.sources.items.properties.serviceAccountToken.type},message:"must be object,null"};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
if(data56 && typeof data56 == "object" && !Array.isArray(data56)){
if(data56.audience !== undefined){
let data57 = data56.audience;
if((typeof data57 !== "string") && (data57 !== null)){
const err72 = {instancePath:instancePath+"/spec/volumes/" + i12+"/projected/sources/" + i13+"/serviceAccountToken/audience",schemaPath:"#/properties/spec/properties/volumes/items/properties/projected/properties/sources/items/properties/serviceAccountToken/properties/audience/type",keyword:"type",params:{type: schema11.properties.spec.properties.volumes.items.properties.projected.properties.sources.items.properties.serviceAccountToken.properties.audience.type},message:"must be string,null"};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
}
}
}
else {
const err73 = {instancePath:instancePath+"/spec/volumes/" + i12+"/projected/sources/" + i13,schemaPath:"#/properties/spec/properties/volumes/items/properties/projected/properties/sources/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
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
}
}
}
}
else {
const err74 = {instancePath:instancePath+"/spec/volumes/" + i12,schemaPath:"#/properties/spec/properties/volumes/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
}
}
if(data7.serviceAccountName !== undefined){
let data58 = data7.serviceAccountName;
if((typeof data58 !== "string") && (data58 !== null)){
const err75 = {instancePath:instancePath+"/spec/serviceAccountName",schemaPath:"#/properties/spec/properties/serviceAccountName/type",keyword:"type",params:{type: schema11.properties.spec.properties.serviceAccountName.type},message:"must be string,null"};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
if(data7.hostNetwork !== undefined){
let data59 = data7.hostNetwork;
if((typeof data59 !== "boolean") && (data59 !== null)){
const err76 = {instancePath:instancePath+"/spec/hostNetwork",schemaPath:"#/properties/spec/properties/hostNetwork/type",keyword:"type",params:{type: schema11.properties.spec.properties.hostNetwork.type},message:"must be boolean,null"};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
if(data7.os !== undefined){
let data60 = data7.os;
if((!(data60 && typeof data60 == "object" && !Array.isArray(data60))) && (data60 !== null)){
const err77 = {instancePath:instancePath+"/spec/os",schemaPath:"#/properties/spec/properties/os/type",keyword:"type",params:{type: schema11.properties.spec.properties.os.type},message:"must be object,null"};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
if(data60 && typeof data60 == "object" && !Array.isArray(data60)){
if(data60.name !== undefined){
let data61 = data60.name;
if((typeof data61 !== "string") && (data61 !== null)){
const err78 = {instancePath:instancePath+"/spec/os/name",schemaPath:"#/properties/spec/properties/os/properties/name/type",keyword:"type",params:{type: schema11.properties.spec.properties.os.properties.name.type},message:"must be string,null"};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
}
}
if(data7.nodeSelector !== undefined){
let data62 = data7.nodeSelector;
if((!(data62 && typeof data62 == "object" && !Array.isArray(data62))) && (data62 !== null)){
const err79 = {instancePath:instancePath+"/spec/nodeSelector",schemaPath:"#/properties/spec/properties/nodeSelector/type",keyword:"type",params:{type: schema11.properties.spec.properties.nodeSelector.type},message:"must be object,null"};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
if(data62 && typeof data62 == "object" && !Array.isArray(data62)){
for(const key2 in data62){
if(typeof data62[key2] !== "string"){
const err80 = {instancePath:instancePath+"/spec/nodeSelector/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/nodeSelector/additionalProperties/type",keyword:"type",params:{type: "string"},message:"must be string"};
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
}
}
else {
const err81 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
}
}
else {
const err82 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}
