{{- define "agentkeys.image" -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag }}{{ end }}
{{- end }}
{{- define "agentkeys.isEvaluation" -}}{{ if eq .Values.profile "evaluation" }}true{{ end }}{{- end }}
{{- define "agentkeys.url" -}}https://{{ .name }}.{{ .root.Release.Namespace }}.svc:{{ .port }}{{- end }}
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
{{- if gt (int .quorum) (len .rpcUrls) }}{{ fail (printf "chain.quorum is %d but chain.rpcUrls has %d: add URLs or lower the quorum" (int .quorum) (len .rpcUrls)) }}{{ end }}
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
