{{/* Parts of pods. */}}

{{/* Restarts pods when what they are told changes; with annotations of the operator: a dict with `root`, `podAnnotations`. */}}
{{- define "mtchat.podAnnotations" -}}
{{- $told := printf "%s%s%s%s" (include "mtchat.variables" .root) (include "mtchat.toml" .root) (include "mtchat.databaseEnv" .root) (include "mtchat.natsEnv" .root) -}}
checksum/config: {{ sha256sum $told }}
{{- if not (include "mtchat.existingSecret" .root) }}
checksum/secret: {{ include "mtchat.ownSecrets" .root | sha256sum }}
{{- end }}
checksum/passwords: {{ printf "%s\n%s\n%s" (include "mtchat.postgresPassword" .root) (include "mtchat.natsPassword" .root) (include "mtchat.minioPassword" .root) | sha256sum }}
{{- with .podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Spread over zones and over nodes: a dict with `root`, `component`, `spread`. */}}
{{- define "mtchat.spread" -}}
{{- if .spread.enabled }}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: {{ $.spread.whenUnsatisfiable }}
    labelSelector:
      matchLabels:
        {{- include "mtchat.selector" $ | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end }}
{{- end -}}

{{/* Where a pod runs: a dict of values with `nodeSelector`, `tolerations`, `affinity`, `priorityClassName`, as far as it has them. */}}
{{- define "mtchat.scheduling" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{- define "mtchat.pullSecrets" -}}
{{- with .Values.api.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Who edges, workers and migrations are. */}}
{{- define "mtchat.identity" -}}
serviceAccountName: {{ include "mtchat.serviceAccountName" . }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with include "mtchat.pullSecrets" . | trim }}
{{ . }}
{{- end }}
{{- end -}}

{{/* The servers that come with the chart keep to the same rules, each with a number of its own. */}}
{{- define "mtchat.serverIdentity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  fsGroup: {{ .user }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with include "mtchat.pullSecrets" .root | trim }}
{{ . }}
{{- end }}
{{- end -}}

{{- define "mtchat.serverRights" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end -}}

{{/* A claim for a StatefulSet, or a volume that goes with the pod: a dict with `root`, `component`, `persistence`. */}}
{{- define "mtchat.claim" -}}
{{- if .persistence.enabled }}
volumeClaimTemplates:
  - metadata:
      name: data
      labels:
        {{- include "mtchat.selector" . | nindent 8 }}
      {{- with .persistence.annotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      accessModes: [ReadWriteOnce]
      {{- with .persistence.storageClass }}
      storageClassName: {{ . }}
      {{- end }}
      resources:
        requests:
          storage: {{ .persistence.size }}
{{- end }}
{{- end -}}

{{- define "mtchat.noClaim" -}}
{{- if not .enabled }}
- name: data
  emptyDir:
    sizeLimit: {{ .size }}
{{- end }}
{{- end -}}

{{/* What the containers of edges, workers and migrations mount. */}}
{{- define "mtchat.mounts" -}}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  {{- if .config }}
  - name: config
    mountPath: /etc/mtchat
    readOnly: true
  {{- end }}
  {{- if .root.Values.trustedRoots.configMap }}
  - name: trusted-roots
    mountPath: /etc/mtchat-roots
    readOnly: true
  {{- end }}
  {{- if include "mtchat.hasPostgresCa" .root }}
  - name: postgres-ca
    mountPath: /etc/mtchat-postgres-ca
    readOnly: true
  {{- end }}
  {{- with .root.Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "mtchat.volumes" -}}
volumes:
  - name: tmp
    emptyDir:
      medium: Memory
      sizeLimit: {{ .root.Values.tmpSizeLimit }}
  {{- if .config }}
  - name: config
    configMap:
      name: {{ include "mtchat.fullname" .root }}-toml
  {{- end }}
  {{- with .root.Values.trustedRoots.configMap }}
  - name: trusted-roots
    configMap:
      name: {{ . }}
  {{- end }}
  {{- if include "mtchat.hasPostgresCa" .root }}
  - name: postgres-ca
    secret:
      secretName: {{ .root.Values.postgresql.external.caSecret }}
      items: [{ key: ca.crt, path: ca.crt }]
  {{- end }}
  {{- with .root.Values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "mtchat.hasPostgresCa" -}}
{{- if and (include "mtchat.composesDatabaseUrl" .) (not .Values.postgresql.enabled) .Values.postgresql.external.caSecret -}}yes{{- end -}}
{{- end -}}

{{/* Startup, liveness and readiness: a dict with `probes` and `port`. Not being ready is no reason to be started again. */}}
{{- define "mtchat.probes" -}}
startupProbe:
  httpGet: { path: /health, port: {{ .port }} }
  periodSeconds: 2
  timeoutSeconds: {{ int64 .probes.timeoutSecs }}
  failureThreshold: {{ max 1 (div (int64 .probes.startupSecs) 2) }}
livenessProbe:
  httpGet: { path: /health, port: {{ .port }} }
  periodSeconds: {{ int64 .probes.livenessPeriodSecs }}
  timeoutSeconds: {{ int64 .probes.timeoutSecs }}
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /health/ready, port: {{ .port }} }
  periodSeconds: {{ int64 .probes.readinessPeriodSecs }}
  timeoutSeconds: {{ int64 .probes.timeoutSecs }}
  failureThreshold: 2
{{- end -}}
