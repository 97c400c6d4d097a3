{{- /* What every pod of ours has: the restricted standard, and where it may run. root, token (API access) */}}
{{- define "agentkeys.podSpec" -}}
automountServiceAccountToken: {{ .token | default false }}
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .root.Values }}
{{- with .imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}
{{- define "agentkeys.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities: {drop: [ALL]}
{{- end }}
{{- define "agentkeys.resources" -}}
{{ toYaml (get (.root.Values.componentResources | default dict) .component | default .root.Values.resources) }}
{{- end }}
{{- /* One control-plane Deployment: root, component, replicas, env (list), ports (list), volumes (list of name and source), token, data (a source to write to), isAlone (never two at once) */}}
{{- define "agentkeys.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: agentkeys-{{ .component }}
  labels: {{- include "agentkeys.labels" . | nindent 4 }}
spec:
  replicas: {{ .replicas }}
  revisionHistoryLimit: 3
  {{- if .isAlone }}
  strategy: {type: Recreate}
  {{- else }}
  # A new pod is ready before an old one goes.
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  {{- end }}
  selector:
    matchLabels: {{- include "agentkeys.labels" . | nindent 6 }}
  template:
    metadata:
      labels: {{- include "agentkeys.labels" . | nindent 8 }}
      {{- if not (include "agentkeys.isEvaluation" .root) }}
      annotations:
        agentkeys.io/chain-checksum: {{ include "agentkeys.chainJson" .root.Values.chain | sha256sum }}
      {{- end }}
    spec:
      serviceAccountName: agentkeys-{{ .component }}
      {{- include "agentkeys.podSpec" . | nindent 6 }}
      # 5 s in which Services forget the pod, then up to 10 s of requests under way.
      terminationGracePeriodSeconds: 30
      topologySpreadConstraints:
        {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
        - maxSkew: 1
          topologyKey: {{ . }}
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels: {{- include "agentkeys.labels" $ | nindent 14 }}
          matchLabelKeys: [pod-template-hash]
        {{- end }}
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
          startupProbe: {httpGet: {path: /healthz, port: admin}, periodSeconds: 1, timeoutSeconds: 3, failureThreshold: 60}
          readinessProbe: {httpGet: {path: /readyz, port: admin}, periodSeconds: 5, timeoutSeconds: 5}
          livenessProbe: {httpGet: {path: /healthz, port: admin}, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6}
          lifecycle: {preStop: {sleep: {seconds: 5}}}
          resources: {{- include "agentkeys.resources" . | nindent 12 }}
          volumeMounts:
            {{- range .volumes }}
            - {name: {{ .name }}, mountPath: /etc/agentkeys/{{ .name }}, readOnly: true}
            {{- end }}
            {{- if .data }}
            - {name: data, mountPath: /var/lib/agentkeys}
            {{- end }}
            - {name: tmp, mountPath: /tmp}
      volumes:
        {{- range .volumes }}
        - name: {{ .name }}
          {{- toYaml .source | nindent 10 }}
        {{- end }}
        {{- with .data }}
        - name: data
          {{- toYaml . | nindent 10 }}
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
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
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
