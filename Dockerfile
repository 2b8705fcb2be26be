# The program alone: docker build -t kinfolk . && docker run --rm -v "$PWD:/data" --user "$(id -u):$(id -g)" kinfolk segment customers.csv
FROM rust:1-slim-bookworm AS build
WORKDIR /build
# All that the manifest and the sources name; .dockerignore keeps the rest out.
COPY . .
RUN cargo build --release --locked --all-features --bin kinfolk && strip target/release/kinfolk

FROM debian:bookworm-slim
COPY --from=build /build/target/release/kinfolk /usr/local/bin/kinfolk
WORKDIR /data
# Nobody: whoever runs it with a folder of their own names themselves by --user.
USER 65534:65534
ENTRYPOINT ["kinfolk"]
CMD ["--help"]
