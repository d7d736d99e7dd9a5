{{/* What edges and workers are told. */}}

{{/* Where browsers reach the store of files. */}}
{{- define "mtchat.filesPublicEndpoint" -}}
{{- $minio := .Values.minio -}}
{{- if $minio.publicEndpoint -}}
{{- $minio.publicEndpoint -}}
{{- else if and $minio.enabled $minio.ingress.enabled -}}
{{- printf "%s://%s" (ternary "https" "http" (not (empty $minio.ingress.tlsSecret))) $minio.ingress.host -}}
{{- end -}}
{{- end -}}

{{/* Variables that are no secret, as YAML; every value is text. `settings` is laid over them. */}}
{{- define "mtchat.variables" -}}
{{- $values := .Values -}}
{{- $all := dict
  "MTCHAT_CONFIG" "/etc/mtchat/mtchat.toml"
  "MTCHAT_ENVIRONMENT" $values.environment
  "RUST_LOG" $values.logFilter
  "MIGRATE_ON_START" (ternary "true" "false" (eq (include "mtchat.migrations" .) "start"))
  "PORT" "8080"
  "WORKER_PORT" "8081"
  "JWT_AUTH_ENABLED" $values.jwt.enabled
  "AUTH_INSECURE_ALLOW_PUBLIC" $values.jwt.insecureAllowPublic
  "JWT_USER_ID_CLAIM" $values.jwt.userIdClaim
  "JWT_SCOPES_CLAIM" $values.jwt.scopesClaim
  "JWT_REQUIRE_EXP" $values.jwt.requireExp
  "JWT_AUDIENCE" $values.jwt.audience
  "JWT_ISSUER" $values.jwt.issuer
  "JWT_JWKS_URL" $values.jwt.jwksUrl
  "SCOPE_HEADER_TRUSTED" $values.jwt.scopeHeaderTrusted
  "WS_QUERY_TOKEN" $values.jwt.wsQueryToken
  "CORS_ALLOWED_ORIGINS" (include "mtchat.commas" $values.cors.allowedOrigins)
  "CORS_ALLOWED_METHODS" (include "mtchat.commas" $values.cors.allowedMethods)
  "CORS_ALLOWED_HEADERS" (include "mtchat.commas" $values.cors.allowedHeaders)
  "CORS_ALLOW_CREDENTIALS" $values.cors.allowCredentials
  "CORS_MAX_AGE" (int64 $values.cors.maxAge)
  "WEBHOOK_URL" $values.webhooks.url
  "WEBHOOK_EVENTS" (include "mtchat.commas" $values.webhooks.events)
  "WEBHOOK_ALLOW_PRIVATE" $values.webhooks.allowPrivate
  "WEBHOOK_CONCURRENCY" (int64 $values.webhooks.concurrency)
  "WEBHOOK_DISABLE_AFTER_SECS" (int64 $values.webhooks.disableAfterSecs)
  "NOTIFICATION_DELAY_SECS" (int64 $values.jobs.notificationDelaySecs)
  "NOTIFICATION_CONCURRENCY" (int64 $values.jobs.notificationConcurrency)
  "ARCHIVE_CRON" $values.jobs.archiveCron
  "ARCHIVE_AFTER_SECS" (int64 $values.jobs.archiveAfterSecs)
  "LOG_KEEP_SECS" (int64 $values.jobs.logKeepSecs)
  "RATE_LIMIT_ENABLED" $values.rateLimit.enabled
  "RATE_LIMIT_RPS" (int64 $values.rateLimit.rps)
  "RATE_LIMIT_BURST" (int64 $values.rateLimit.burst)
-}}
{{- with include "mtchat.publicUrl" . -}}{{- $_ := set $all "PUBLIC_URL" . -}}{{- end -}}
{{- $proxies := ternary 1 0 (or $values.ingress.enabled $values.httpRoute.enabled) -}}
{{- if ne (toString $values.api.trustedProxies) "" -}}{{- $proxies = int64 $values.api.trustedProxies -}}{{- end -}}
{{- $_ := set $all "TRUSTED_PROXIES" $proxies -}}
{{- with $values.worker.roles -}}{{- $_ := set $all "WORKER_ROLES" (join "," .) -}}{{- end -}}
{{- if or $values.minio.enabled $values.minio.external.endpoint -}}
{{- $_ := set $all "S3_BUCKET" $values.minio.bucket -}}
{{- with include "mtchat.filesPublicEndpoint" . -}}{{- $_ := set $all "S3_PUBLIC_ENDPOINT" . -}}{{- end -}}
{{- end -}}
{{- if $values.minio.enabled -}}
{{- $_ := set $all "S3_ENDPOINT" (printf "http://%s:9000" (include "mtchat.componentName" (dict "root" . "component" "minio"))) -}}
{{- else if $values.minio.external.endpoint -}}
{{- $_ := set $all "S3_ENDPOINT" $values.minio.external.endpoint -}}
{{- $_ := set $all "S3_REGION" $values.minio.external.region -}}
{{- $_ := set $all "S3_PATH_STYLE" $values.minio.external.pathStyle -}}
{{- $_ := set $all "S3_CREATE_BUCKET" $values.minio.external.createBucket -}}
{{- end -}}
{{- with $values.tracing.endpoint -}}
{{- $_ := set $all "OTEL_EXPORTER_OTLP_ENDPOINT" . -}}
{{- $_ := set $all "OTEL_TRACES_SAMPLER" $values.tracing.sampler -}}
{{- $_ := set $all "OTEL_TRACES_SAMPLER_ARG" $values.tracing.samplerArg -}}
{{- end -}}
{{- range $name, $value := $values.settings -}}
{{- $_ := set $all $name (kindIs "float64" $value | ternary (include "mtchat.number" $value) (include "mtchat.commas" $value)) -}}
{{- end -}}
{{- range $name, $value := $all -}}
{{- if ne (toString $value) "" }}
{{ $name }}: {{ toString $value | quote }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A number as people write it: values arrive as floating point. */}}
{{- define "mtchat.number" -}}
{{- if kindIs "float64" . -}}
{{- if eq . (floor .) -}}{{- printf "%.0f" . -}}{{- else -}}{{- . -}}{{- end -}}
{{- else -}}{{- . -}}{{- end -}}
{{- end -}}

{{/* A value of mtchat.toml. A string of JSON is one of TOML. */}}
{{- define "mtchat.tomlValue" -}}
{{- if kindIs "string" . -}}{{- mustToRawJson . -}}
{{- else if kindIs "slice" . -}}
[{{- range $index, $item := . -}}{{- if $index }}, {{ end -}}{{- include "mtchat.tomlValue" $item -}}{{- end -}}]
{{- else -}}{{- include "mtchat.number" . -}}{{- end -}}
{{- end -}}

{{/* mtchat.toml: how many copies the streams have, which no variable says, and `config`. */}}
{{- define "mtchat.toml" -}}
{{- $tables := mustMergeOverwrite (dict "nats" (dict "replicas" (int64 .Values.nats.streamReplicas))) (deepCopy .Values.config) -}}
{{- range $table, $keys := $tables -}}
{{- if $keys }}
[{{ $table }}]
{{- range $key, $value := $keys }}
{{ $key }} = {{ include "mtchat.tomlValue" $value }}
{{- end }}
{{ end -}}
{{- end -}}
{{- end -}}

{{/*
Variables that hold secrets and are put together of others. A variable that is named in another one's value has to come before it.
*/}}
{{- define "mtchat.databaseEnv" -}}
{{- if include "mtchat.composesDatabaseUrl" . -}}
{{- $postgres := .Values.postgresql -}}
{{- $own := not $postgres.auth.existingSecret -}}
{{- $host := ternary (include "mtchat.componentName" (dict "root" . "component" "postgresql")) $postgres.external.host $postgres.enabled -}}
{{- $port := ternary 5432 (int64 $postgres.external.port) $postgres.enabled -}}
{{- $how := "" -}}
{{- if not $postgres.enabled -}}
{{- $how = printf "?sslmode=%s" $postgres.external.sslMode -}}
{{- if $postgres.external.caSecret -}}{{- $how = printf "%s&sslrootcert=/etc/mtchat-postgres-ca/ca.crt" $how -}}{{- end -}}
{{- end -}}
- name: POSTGRES_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "mtchat.postgresSecretName" . }}
      key: {{ ternary "password-in-address" $postgres.auth.existingSecretKey $own }}
- name: DATABASE_URL
  value: {{ printf "postgres://%s:$(POSTGRES_PASSWORD)@%s:%d/%s%s" (include "mtchat.inAddress" $postgres.auth.username) $host $port (include "mtchat.inAddress" $postgres.auth.database) $how | quote }}
{{- end -}}
{{- end -}}

{{- define "mtchat.natsEnv" -}}
{{- if include "mtchat.composesNatsUrl" . -}}
{{- $nats := .Values.nats -}}
{{- $who := ternary "mtchat" $nats.external.username $nats.enabled -}}
{{- $servers := list -}}
{{- if $nats.enabled -}}
{{- $name := include "mtchat.componentName" (dict "root" . "component" "nats") -}}
{{- range $number := until (int $nats.replicaCount) -}}
{{- $servers = append $servers (printf "%s://%s-%d.%s-headless:4222" (ternary "tls" "nats" (not (empty $nats.tls.existingSecret))) $name $number $name) -}}
{{- end -}}
{{- else -}}
{{- $servers = $nats.external.servers -}}
{{- end -}}
{{- $addresses := list -}}
{{- range $servers -}}
{{- $address := . -}}
{{- if not (contains "://" $address) -}}{{- $address = printf "nats://%s" $address -}}{{- end -}}
{{- if not (include "mtchat.natsIsOpen" $) -}}
{{- $address = $address | replace "://" (printf "://%s:$(NATS_PASSWORD)@" (include "mtchat.inAddress" $who)) -}}
{{- end -}}
{{- $addresses = append $addresses $address -}}
{{- end -}}
{{- if not (include "mtchat.natsIsOpen" .) -}}
- name: NATS_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "mtchat.natsSecretName" . }}
      key: {{ ternary "password" $nats.auth.existingSecretKey (not $nats.auth.existingSecret) }}
{{ end -}}
- name: NATS_URL
  value: {{ join "," $addresses | quote }}
{{- end -}}
{{- end -}}

{{- define "mtchat.filesEnv" -}}
{{- if .Values.minio.enabled -}}
- name: S3_ACCESS_KEY_ID
  valueFrom:
    secretKeyRef:
      name: {{ include "mtchat.minioSecretName" . }}
      key: rootUser
- name: S3_SECRET_ACCESS_KEY
  valueFrom:
    secretKeyRef:
      name: {{ include "mtchat.minioSecretName" . }}
      key: rootPassword
{{- end -}}
{{- end -}}

{{/* All of it, for edges and workers: a dict with `root` and `extraEnv`. */}}
{{- define "mtchat.environment" -}}
envFrom:
  - configMapRef:
      name: {{ include "mtchat.fullname" .root }}
  - secretRef:
      name: {{ include "mtchat.secretName" .root }}
{{- $parts := list (include "mtchat.databaseEnv" .root) (include "mtchat.natsEnv" .root) (include "mtchat.filesEnv" .root) -}}
{{- if or (join "" $parts) .extraEnv .root.Values.trustedRoots.configMap }}
env:
  {{- range $parts }}
  {{- if . }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- end }}
  {{- if .root.Values.trustedRoots.configMap }}
  - name: SSL_CERT_FILE
    value: /etc/mtchat-roots/{{ .root.Values.trustedRoots.key }}
  {{- end }}
  {{- with .extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end -}}
