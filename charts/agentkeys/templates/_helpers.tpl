{{- define "agentkeys.image" -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag }}{{ end }}
{{- end }}
{{- define "agentkeys.isEvaluation" -}}{{ if eq .Values.profile "evaluation" }}true{{ end }}{{- end }}
{{- define "agentkeys.url" -}}https://{{ .name }}.{{ .root.Release.Namespace }}.svc:{{ .port }}{{- end }}
{{- define "agentkeys.deviceNamespace" -}}{{ .Values.deviceNamespace | default (printf "%s-devices" .Release.Namespace) }}{{- end }}
{{- define "agentkeys.issuer" -}}
{{- if .Values.oidcIssuer }}{{ .Values.oidcIssuer }}{{ else }}{{ include "agentkeys.url" (dict "root" . "name" "agentkeys-signer-oidc" "port" 8093) }}{{ end }}
{{- end }}
{{- define "agentkeys.secret" -}}{{ .given | default .own }}{{- end }}
{{- define "agentkeys.labels" -}}
app.kubernetes.io/name: agentkeys
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}
{{- /* Where chain.json is mounted from: a Secret of yours, or the ConfigMap that the chart or the operator makes. */}}
{{- define "agentkeys.chainSource" -}}
{{- if and .Values.chain.secretName (not (include "agentkeys.isEvaluation" .)) }}{secret: {secretName: {{ .Values.chain.secretName }}}}{{ else }}{configMap: {name: agentkeys-chain}}{{ end }}
{{- end }}
{{- /* chain.json of the production profile; what is left out is the chain profile's. */}}
{{- define "agentkeys.chainJson" -}}
{{- if and (not .secretName) (gt (int .quorum) (len .rpcUrls)) }}{{ fail (printf "chain.quorum is %d but chain.rpcUrls has %d: add URLs or lower the quorum" (int .quorum) (len .rpcUrls)) }}{{ end }}
{{- $contracts := dict }}
{{- range $name, $address := .contracts }}{{ if $address }}{{ $_ := set $contracts $name $address }}{{ end }}{{ end }}
{{- $chain := dict "profile" .profile "chainId" .chainId "rpcUrls" .rpcUrls "contracts" $contracts }}
{{- if .explorerTxUrl }}{{ $_ := set $chain "explorerTxUrl" .explorerTxUrl }}{{ end }}
{{- if .explorerAddressUrl }}{{ $_ := set $chain "explorerAddressUrl" .explorerAddressUrl }}{{ end }}
{{- if .ens.registry }}{{ $_ := set $chain "ens" (dict "registry" .ens.registry) }}{{ end }}
{{- if .finality }}{{ $_ := set $chain "finality" .finality }}{{ end }}
{{- if gt (int .quorum) 1 }}{{ $_ := set $chain "quorum" (int .quorum) }}{{ end }}
{{- if .maxAgeSeconds }}{{ $_ := set $chain "maxAgeSeconds" (int .maxAgeSeconds) }}{{ end }}
{{- toJson $chain }}
{{- end }}
{{- /* Who uses the audit bucket for what: the Secret with credentials.json of one user; empty for a role of the pod. */}}
{{- define "agentkeys.auditSecret" -}}
{{- if include "agentkeys.isEvaluation" .root }}agentkeys-audit-{{ .user }}{{ else }}{{ get .root.Values.audit (printf "%sSecret" .user) }}{{ end }}
{{- end }}
{{- define "agentkeys.auditBucket" -}}
{{- if include "agentkeys.isEvaluation" . }}{{ .Values.audit.bucket | default "agentkeys-audit" }}{{ else }}{{ .Values.audit.bucket }}{{ end }}
{{- end }}
{{- /* Settings of the audit bucket: root, component (as in the variables), secret */}}
{{- define "agentkeys.auditEnv" -}}
{{- $evaluation := include "agentkeys.isEvaluation" .root }}
{{- $store := ternary (include "agentkeys.url" (dict "root" .root "name" "agentkeys-store" "port" 9000)) .root.Values.audit.endpoint (eq $evaluation "true") }}
- {name: AGENTKEYS_{{ .component }}_AUDIT_BUCKET, value: {{ include "agentkeys.auditBucket" .root | quote }}}
- {name: AGENTKEYS_{{ .component }}_AUDIT_REGION, value: {{ .root.Values.audit.region | quote }}}
- {name: AGENTKEYS_{{ .component }}_AUDIT_ENDPOINT, value: {{ $store | quote }}}
- {name: AGENTKEYS_{{ .component }}_AUDIT_FORCE_PATH_STYLE, value: {{ or (eq $evaluation "true") .root.Values.audit.forcePathStyle | toString | quote }}}
{{- if .secret }}
- {name: AGENTKEYS_{{ .component }}_AUDIT_CREDENTIALS_FILE, value: /etc/agentkeys/audit/credentials.json}
{{- end }}
{{- end }}
{{- define "agentkeys.auditVolumes" -}}
{{- if .secret }}
- {name: audit, source: {secret: {secretName: {{ .secret }}}}}
{{- else }}
[]
{{- end }}
{{- end }}
