{{/* Names and labels. Calls take the root, or a dict with `root` and `component`. */}}

{{- define "mtchat.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* At most 40 characters, so that there is room for what is put behind. */}}
{{- define "mtchat.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "mtchat.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "mtchat.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "mtchat.componentName" -}}
{{- printf "%s-%s" (include "mtchat.fullname" .root) .component -}}
{{- end -}}

{{/* What selects pods: never changed by values, for selectors can not be changed later. */}}
{{- define "mtchat.selector" -}}
app.kubernetes.io/name: {{ include "mtchat.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "mtchat.labels" -}}
{{ include "mtchat.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: mtchat
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Name, namespace and labels of an object: a dict with `root`, `component`, and `name` where it is not the component's. */}}
{{- define "mtchat.metadata" -}}
name: {{ .name | default (include "mtchat.componentName" .) }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "mtchat.labels" . | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "mtchat.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "mtchat.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{/* An image's name: a dict with `image` and `tag`, the tag where the values name none. */}}
{{- define "mtchat.image" -}}
{{- if .image.digest -}}
{{- printf "%s@%s" .image.repository .image.digest -}}
{{- else -}}
{{- printf "%s:%s" .image.repository (.image.tag | default .tag) -}}
{{- end -}}
{{- end -}}

{{- define "mtchat.apiImage" -}}
{{- include "mtchat.image" (dict "image" .Values.api.image "tag" .Chart.AppVersion) -}}
{{- end -}}

{{/* What is empty is that of edges; a repository or tag of its own never comes with the edges' digest. */}}
{{- define "mtchat.workerImage" -}}
{{- $api := .Values.api.image -}}
{{- $own := .Values.worker.image -}}
{{- $digest := $own.digest -}}
{{- if not (or $own.repository $own.tag $own.digest) -}}
{{- $digest = $api.digest -}}
{{- end -}}
{{- $image := dict "repository" ($own.repository | default $api.repository) "tag" ($own.tag | default $api.tag) "digest" $digest -}}
{{- include "mtchat.image" (dict "image" $image "tag" .Chart.AppVersion) -}}
{{- end -}}

{{/* The public address of an Ingress or HTTPRoute; a list, or text, becomes text separated by commas. */}}
{{- define "mtchat.publicUrl" -}}
{{- $values := .Values -}}
{{- if $values.api.publicUrl -}}
{{- $values.api.publicUrl -}}
{{- else if and $values.ingress.enabled $values.ingress.hosts -}}
{{- printf "%s://%s" (ternary "https" "http" (not (empty $values.ingress.tls))) (first $values.ingress.hosts).host -}}
{{- else if and $values.httpRoute.enabled $values.httpRoute.hostnames -}}
{{- printf "https://%s" (first $values.httpRoute.hostnames) -}}
{{- end -}}
{{- end -}}

{{- define "mtchat.commas" -}}
{{- if kindIs "slice" . -}}{{- join "," . -}}{{- else -}}{{- . -}}{{- end -}}
{{- end -}}
