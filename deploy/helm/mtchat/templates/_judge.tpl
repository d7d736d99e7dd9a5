{{/*
Values that the schema lets through and that do not go together. Everything that is wrong is told at once, with what to do.
*/}}
{{- define "mtchat.judge" -}}
{{- $values := .Values -}}
{{- $wrong := list -}}
{{- $existing := include "mtchat.existingSecret" . -}}
{{- $given := include "mtchat.givenSecrets" . | fromJson -}}
{{- $production := ne $values.environment "development" -}}
{{- $make := $values.secret.generate -}}

{{- if and $values.existingSecret $values.secret.existingSecret (ne $values.existingSecret $values.secret.existingSecret) -}}
{{- $wrong = append $wrong "existingSecret and secret.existingSecret name different Secrets: leave one of them out" -}}
{{- end -}}
{{- if and $existing $given -}}
{{- $wrong = append $wrong (printf "existingSecret is set, so %s would reach nobody: put it into the Secret %q" (keys $given | sortAlpha | join ", ") $existing) -}}
{{- end -}}
{{- if and $existing $make -}}
{{- $wrong = append $wrong "secret.generate makes nothing where existingSecret is set: leave one of them out" -}}
{{- end -}}
{{- if and $values.jwt.enabled (not (or $existing $make $given.JWT_SECRET $given.JWT_SECRETS $values.jwt.jwksUrl)) -}}
{{- $wrong = append $wrong "tokens can not be verified: set secret.JWT_SECRETS (`openssl rand -hex 32`), jwt.jwksUrl or existingSecret; for trying out secret.generate=true" -}}
{{- end -}}
{{- if and (not $values.jwt.enabled) (not $values.jwt.insecureAllowPublic) -}}
{{- $wrong = append $wrong "jwt.enabled is false, so everybody could be anybody: set it to true, or, knowing that, jwt.insecureAllowPublic=true" -}}
{{- end -}}
{{- if $production -}}
{{- $secrets := dict "secret.ADMIN_API_TOKEN" (list ($given.ADMIN_API_TOKEN | default "")) "secret.JWT_SECRET" (list ($given.JWT_SECRET | default "")) "secret.JWT_SECRETS" (splitList "," ($given.JWT_SECRETS | default "")) -}}
{{- range $name, $several := $secrets -}}
{{- range $several -}}
{{- if and . (lt (len (trim .)) 32) -}}
{{- $wrong = append $wrong (printf "%s has fewer than 32 characters: make it with `openssl rand -hex 32` (or set environment=development)" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- $postgres := $values.postgresql -}}
{{- if include "mtchat.composesDatabaseUrl" . -}}
{{- if not (or $make $postgres.auth.existingSecret (include "mtchat.postgresPassword" .)) -}}
{{- $wrong = append $wrong "Postgres has no password: set postgresql.auth.password or postgresql.auth.existingSecret" -}}
{{- end -}}
{{- else if not (or $existing $given.DATABASE_URL) -}}
{{- $wrong = append $wrong "there is no Postgres: set postgresql.enabled=true, postgresql.external.host, secret.DATABASE_URL or existingSecret" -}}
{{- end -}}
{{- if and $postgres.enabled $postgres.external.host -}}
{{- $wrong = append $wrong "postgresql.external.host is set and postgresql.enabled is true: set it to false" -}}
{{- end -}}
{{- if and $postgres.enabled $given.DATABASE_URL -}}
{{- $wrong = append $wrong "secret.DATABASE_URL is set and postgresql.enabled is true: set it to false" -}}
{{- end -}}
{{- if and $postgres.external.host $given.DATABASE_URL -}}
{{- $wrong = append $wrong "secret.DATABASE_URL and postgresql.external.host both say where Postgres is: leave one of them out" -}}
{{- end -}}
{{- if and $postgres.enabled (eq (include "mtchat.migrations" .) "hook") -}}
{{- $wrong = append $wrong "migrations.mode=hook runs before anything is installed, and the bundled Postgres is not there then: set it to start or auto" -}}
{{- end -}}
{{- if and (eq (include "mtchat.migrations" .) "hook") (not $postgres.enabled) (not $existing) (include "mtchat.composesDatabaseUrl" .) (not $postgres.auth.existingSecret) $make (not (or $postgres.auth.password $values.postgresqlPassword)) -}}
{{- $wrong = append $wrong "a Postgres of your own has a password already: set postgresql.auth.password" -}}
{{- end -}}

{{- $nats := $values.nats -}}
{{- if include "mtchat.composesNatsUrl" . -}}
{{- if and (not (include "mtchat.natsIsOpen" .)) (not (or $make $nats.auth.existingSecret (include "mtchat.natsPassword" .))) -}}
{{- $wrong = append $wrong "NATS has no password: set nats.auth.password or nats.auth.existingSecret" -}}
{{- end -}}
{{- else if not (or $existing $given.NATS_URL) -}}
{{- $wrong = append $wrong "there is no NATS: set nats.enabled=true, nats.external.servers, secret.NATS_URL or existingSecret" -}}
{{- end -}}
{{- if $nats.enabled -}}
{{- if gt (int $nats.streamReplicas) (int $nats.replicaCount) -}}
{{- $wrong = append $wrong (printf "nats.streamReplicas is %d and nats.replicaCount only %d: each copy needs a server of its own (one server: nats.streamReplicas=1)" (int $nats.streamReplicas) (int $nats.replicaCount)) -}}
{{- end -}}
{{- if and (gt (int $nats.replicaCount) 1) (not (or $make $nats.auth.existingSecret $nats.auth.routePassword)) -}}
{{- $wrong = append $wrong "the servers of NATS have no password for each other: set nats.auth.routePassword or nats.auth.existingSecret" -}}
{{- end -}}
{{- if or $nats.external.servers $given.NATS_URL -}}
{{- $wrong = append $wrong "a NATS of your own is named and nats.enabled is true: set it to false" -}}
{{- end -}}
{{- else if and $nats.external.servers $given.NATS_URL -}}
{{- $wrong = append $wrong "secret.NATS_URL and nats.external.servers both say where NATS is: leave one of them out" -}}
{{- end -}}

{{- $minio := $values.minio -}}
{{- if $minio.enabled -}}
{{- if $minio.external.endpoint -}}
{{- $wrong = append $wrong "minio.external.endpoint is set and minio.enabled is true: set it to false" -}}
{{- end -}}
{{- if not (or $make $minio.existingSecret (include "mtchat.minioPassword" .)) -}}
{{- $wrong = append $wrong "the store of files has no password: set minio.rootPassword or minio.existingSecret, or minio.enabled=false" -}}
{{- end -}}
{{- if or $given.S3_ACCESS_KEY_ID $given.S3_SECRET_ACCESS_KEY -}}
{{- $wrong = append $wrong "secret.S3_* are for a store of your own, and minio.enabled is true: set minio.rootUser and minio.rootPassword" -}}
{{- end -}}
{{- else if and $minio.external.endpoint (not $existing) (not (and $given.S3_ACCESS_KEY_ID $given.S3_SECRET_ACCESS_KEY)) -}}
{{- $wrong = append $wrong "minio.external.endpoint is set without its keys: set secret.S3_ACCESS_KEY_ID and secret.S3_SECRET_ACCESS_KEY" -}}
{{- end -}}
{{- if and $minio.ingress.enabled (not (and $minio.enabled $minio.ingress.host)) -}}
{{- $wrong = append $wrong "minio.ingress.enabled needs minio.ingress.host and the bundled store (minio.enabled)" -}}
{{- end -}}

{{- if and $values.cors.allowCredentials (contains "*" (include "mtchat.commas" $values.cors.allowedOrigins)) -}}
{{- $wrong = append $wrong "cors.allowCredentials does not go together with the origin `*`: name the origins in cors.allowedOrigins" -}}
{{- end -}}
{{- $webhookSecret := or $given.WEBHOOK_SECRET $given.WEBHOOK_SECRETS -}}
{{- if and $values.webhooks.url (not $existing) (not $webhookSecret) -}}
{{- $wrong = append $wrong "webhooks.url is set without a secret, so nothing would be sent: set webhooks.secret" -}}
{{- end -}}
{{- if and $webhookSecret (not $values.webhooks.url) -}}
{{- $wrong = append $wrong "a webhook secret is set without webhooks.url, so nothing would be sent" -}}
{{- end -}}
{{- if and $values.ingress.enabled (not $values.ingress.hosts) -}}
{{- $wrong = append $wrong "ingress.enabled needs ingress.hosts" -}}
{{- end -}}
{{- if and $values.httpRoute.enabled (not $values.httpRoute.parentRefs) -}}
{{- $wrong = append $wrong "httpRoute.enabled needs httpRoute.parentRefs" -}}
{{- end -}}
{{- with $values.api.autoscaling -}}
{{- if .enabled -}}
{{- if gt (int .minReplicas) (int .maxReplicas) -}}
{{- $wrong = append $wrong "api.autoscaling.minReplicas is more than maxReplicas" -}}
{{- end -}}
{{- if not (or .targetCPUUtilization .targetMemoryUtilization .targetSockets) -}}
{{- $wrong = append $wrong "api.autoscaling.enabled needs something to aim at: targetCPUUtilization, targetMemoryUtilization or targetSockets" -}}
{{- end -}}
{{- if and .targetCPUUtilization (not (dig "requests" "cpu" "" $values.api.resources)) -}}
{{- $wrong = append $wrong "api.autoscaling.targetCPUUtilization is a part of api.resources.requests.cpu, which is not set" -}}
{{- end -}}
{{- if and .targetMemoryUtilization (not (dig "requests" "memory" "" $values.api.resources)) -}}
{{- $wrong = append $wrong "api.autoscaling.targetMemoryUtilization is a part of api.resources.requests.memory, which is not set" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $http := $values.config.http | default dict -}}
{{- $drain := add (int64 $values.api.preStopSleepSecs) (int64 (dig "drain_notice_secs" 2 $http)) (int64 (dig "drain_sockets_secs" 15 $http)) (int64 (dig "drain_requests_secs" 10 $http)) -}}
{{- if lt (int64 $values.api.terminationGracePeriodSeconds) (add $drain 3) -}}
{{- $wrong = append $wrong (printf "api.terminationGracePeriodSeconds is %d, and an edge needs up to %d seconds to leave" (int64 $values.api.terminationGracePeriodSeconds) (add $drain 3)) -}}
{{- end -}}
{{- if $values.demo.enabled -}}
{{- if and (not $existing) (not (get (include "mtchat.ownSecrets" . | fromJson) "JWT_SECRET")) -}}
{{- $wrong = append $wrong "the demo signs tokens, so it needs secret.JWT_SECRET" -}}
{{- end -}}
{{- if and (not $existing) (not (get (include "mtchat.ownSecrets" . | fromJson) "ADMIN_API_TOKEN")) -}}
{{- $wrong = append $wrong "the demo makes dialogs, so it needs secret.ADMIN_API_TOKEN" -}}
{{- end -}}
{{- if not $values.webhooks.allowPrivate -}}
{{- $wrong = append $wrong "the demo takes webhooks inside the cluster, so it needs webhooks.allowPrivate=true" -}}
{{- end -}}
{{- if and $values.demo.ingress.enabled (not $values.demo.ingress.host) -}}
{{- $wrong = append $wrong "demo.ingress.enabled needs demo.ingress.host" -}}
{{- end -}}
{{- end -}}

{{- if $wrong -}}
{{- fail (printf "\n\nThese values can not be installed:\n  - %s\n" (join "\n  - " $wrong)) -}}
{{- end -}}
{{- end -}}
