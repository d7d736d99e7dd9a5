{{/* Parts of NetworkPolicies. */}}

{{- define "mtchat.peers" -}}
{{- range . }}
- podSelector:
    matchLabels:
      {{- include "mtchat.selector" . | nindent 6 }}
{{- end }}
{{- end -}}

{{- define "mtchat.egressToNames" -}}
- ports:
    - { port: 53, protocol: UDP }
    - { port: 53, protocol: TCP }
  {{- with .Values.networkPolicy.dnsTo }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* A rule for one server: a dict with `root`, `component`, `bundled`, `ports`, and `to`, where one of the operator's is. */}}
{{- define "mtchat.egressToServer" -}}
- ports:
    {{- range .ports }}
    - { port: {{ int64 . }}, protocol: TCP }
    {{- end }}
  {{- if .bundled }}
  to:
    {{- include "mtchat.peers" (list (dict "root" .root "component" .component)) | trim | nindent 4 }}
  {{- else if .to }}
  to:
    {{- toYaml .to | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* Ports of the addresses in a list, each its own or the default: a dict with `addresses` and `port`. */}}
{{- define "mtchat.ports" -}}
{{- $ports := list -}}
{{- range .addresses -}}
{{- $host := regexReplaceAll "^[a-z0-9+]+://|/.*$" . "" -}}
{{- $port := regexFind ":[0-9]+$" $host | trimPrefix ":" -}}
{{- if not $port -}}{{- $port = ternary "80" $.port (hasPrefix "http://" .) -}}{{- end -}}
{{- $ports = append $ports $port -}}
{{- end -}}
{{- $ports | uniq | join "," -}}
{{- end -}}

{{- define "mtchat.egressToPostgres" -}}
{{- $own := .Values.postgresql.enabled -}}
{{- include "mtchat.egressToServer" (dict "root" . "component" "postgresql" "bundled" $own "to" .Values.networkPolicy.postgresqlTo "ports" (list (ternary 5432 .Values.postgresql.external.port $own))) -}}
{{- end -}}

{{- define "mtchat.egressToServers" -}}
{{- $policy := .Values.networkPolicy -}}
{{- include "mtchat.egressToNames" . }}
{{ include "mtchat.egressToPostgres" . }}
{{- $ports := include "mtchat.ports" (dict "addresses" (.Values.nats.external.servers | default (list "nats://any:4222")) "port" "4222") }}
{{ include "mtchat.egressToServer" (dict "root" . "component" "nats" "bundled" .Values.nats.enabled "to" $policy.natsTo "ports" (splitList "," $ports)) }}
{{- if or .Values.minio.enabled .Values.minio.external.endpoint }}
{{- $port := ternary "9000" (include "mtchat.ports" (dict "addresses" (list (.Values.minio.external.endpoint | default "https://any")) "port" "443")) .Values.minio.enabled }}
{{ include "mtchat.egressToServer" (dict "root" . "component" "minio" "bundled" .Values.minio.enabled "to" $policy.filesTo "ports" (list $port)) }}
{{- end }}
{{- end -}}

{{- define "mtchat.egressToEdges" -}}
{{- include "mtchat.egressToServer" (dict "root" . "component" "api" "bundled" true "ports" (list 8080)) -}}
{{- end -}}

{{- define "mtchat.egressToPublic" -}}
- ports:
    {{- range .Values.networkPolicy.publicPorts }}
    - { port: {{ int64 . }}, protocol: TCP }
    {{- end }}
  to:
    - ipBlock:
        cidr: 0.0.0.0/0
        {{- with .Values.networkPolicy.privateCidrs }}
        except:
          {{- toYaml . | nindent 10 }}
        {{- end }}
    - ipBlock:
        cidr: ::/0
        {{- with .Values.networkPolicy.privateCidrsV6 }}
        except:
          {{- toYaml . | nindent 10 }}
        {{- end }}
{{- end -}}
