# The image of the action: one static program, the certificates of public authorities, and nothing else.
#
#   docker build -t portcullis .                      runs as root, as GitHub wants it of actions
#   docker build -t portcullis --target nonroot .     runs as user 65532
#
# BUILDER is an image with cargo, a linker and /etc/ssl/certs/ca-certificates.crt. TARGET is for builders whose own
# target is not static. With `--build-context build=FOLDER` the program and the certificates are taken from
# FOLDER/out, and nothing is compiled.
ARG BUILDER=docker.io/library/rust:1.95-alpine

FROM ${BUILDER} AS build
ARG TARGET=
ARG RUSTFLAGS="-C target-feature=+crt-static"
ENV RUSTFLAGS=${RUSTFLAGS}
WORKDIR /build
COPY . .
# With --target the flags are kept away from procedural macros, which cannot be static.
RUN target="${TARGET:-$(rustc -vV | sed -n 's/^host: //p')}" \
 && cargo build --profile dist --locked --bin portcullis --target "$target" \
 && mkdir /out \
 && cp "target/$target/dist/portcullis" /etc/ssl/certs/ca-certificates.crt /out/

FROM scratch AS base
ARG VERSION=0.0.0
ARG REVISION=
ARG SOURCE=
LABEL org.opencontainers.image.title="Portcullis" \
      org.opencontainers.image.description="The required check for repositories that use Claude Code" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"
COPY --from=build /out/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/portcullis /portcullis
# The first process of a container gets no default handlers; the program has its own for both signals.
STOPSIGNAL SIGINT
ENTRYPOINT ["/portcullis", "review"]

FROM base AS nonroot
USER 65532:65532

# Last, so that it is what is built without a target. A user other than root cannot write the files of the runner.
FROM base AS action
