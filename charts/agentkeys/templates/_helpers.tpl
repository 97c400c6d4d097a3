{{- define "agentkeys.image" -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag }}{{ end }}
{{- end }}
{{- define "agentkeys.isEvaluation" -}}{{ if eq .Values.profile "evaluation" }}true{{ end }}{{- end }}
{{- define "agentkeys.url" -}}https://{{ .name }}.{{ .root.Release.Namespace }}.svc:{{ .port }}{{- end }}
{{- define "agentkeys.issuer" -}}
{{- if .Values.oidcIssuer }}{{ .Values.oidcIssuer }}{{ else }}{{ include "agentkeys.url" (dict "root" . "name" "agentkeys-signer-oidc" "port" 8093) }}{{ end }}
{{- end }}
{{- define "agentkeys.secret" -}}{{ .given | default .own }}{{- end }}
{{- define "agentkeys.podSecurity" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile: {type: RuntimeDefault}
enableServiceLinks: false
{{- end }}
{{- define "agentkeys.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}
{{- define "agentkeys.labels" -}}
app.kubernetes.io/name: agentkeys
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}
{{- /* One control-plane Deployment: root, component, replicas, env (list), ports (list), volumes (list of name and source), token */}}
{{- define "agentkeys.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: agentkeys-{{ .component }}
  labels: {{- include "agentkeys.labels" . | nindent 4 }}
spec:
  replicas: {{ .replicas }}
  selector:
    matchLabels: {{- include "agentkeys.labels" . | nindent 6 }}
  template:
    metadata:
      labels: {{- include "agentkeys.labels" . | nindent 8 }}
    spec:
      serviceAccountName: agentkeys-{{ .component }}
      automountServiceAccountToken: {{ .token | default false }}
      {{- include "agentkeys.podSecurity" .root | nindent 6 }}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels: {{- include "agentkeys.labels" . | nindent 14 }}
      containers:
        - name: {{ .component }}
          image: {{ include "agentkeys.image" .root }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args: [{{ .component }}]
          {{- include "agentkeys.containerSecurity" .root | nindent 10 }}
          env:
            - {name: {{ printf "AGENTKEYS_%s_LOG_LEVEL" (.component | upper | replace "-" "_") }}, value: {{ .root.Values.logLevel }}}
            {{- range .env }}
            {{- if .field }}
            - {name: {{ .name }}, valueFrom: {fieldRef: {fieldPath: {{ .field }}}}}
            {{- else }}
            - {name: {{ .name }}, value: {{ .value | quote }}}
            {{- end }}
            {{- end }}
          ports:
            - {name: admin, containerPort: 9464}
            {{- range .ports }}
            - {name: {{ .name }}, containerPort: {{ .port }}}
            {{- end }}
          startupProbe: {httpGet: {path: /healthz, port: admin}, periodSeconds: 1, failureThreshold: 60}
          readinessProbe: {httpGet: {path: /readyz, port: admin}, periodSeconds: 5}
          livenessProbe: {httpGet: {path: /healthz, port: admin}, periodSeconds: 10, failureThreshold: 6}
          resources: {{- toYaml .root.Values.resources | nindent 12 }}
          volumeMounts:
            {{- range .volumes }}
            - {name: {{ .name }}, mountPath: /etc/agentkeys/{{ .name }}, readOnly: true}
            {{- end }}
            - {name: tmp, mountPath: /tmp}
      volumes:
        {{- range .volumes }}
        - name: {{ .name }}
          {{- toYaml .source | nindent 10 }}
        {{- end }}
        - {name: tmp, emptyDir: {}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: agentkeys-{{ .component }}}
automountServiceAccountToken: false
{{- if gt (int .replicas) 1 }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: agentkeys-{{ .component }}}
spec:
  minAvailable: 1
  selector:
    matchLabels: {{- include "agentkeys.labels" . | nindent 6 }}
{{- end }}
{{- end }}
{{- define "agentkeys.service" -}}
apiVersion: v1
kind: Service
metadata: {name: {{ .name }}}
spec:
  selector: {{- include "agentkeys.labels" . | nindent 4 }}
  ports: [{name: tls, port: {{ .port }}, targetPort: {{ .target | default .port }}}]
{{- end }}
