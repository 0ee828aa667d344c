# The image of `sidecert serve` in Kubernetes: Node without a shell, as a user who owns nothing.
#
#   docker build --tag sidecert:0.1.0 .
FROM node:20-bookworm-slim AS build
WORKDIR /sidecert
COPY . .
RUN npm ci && npm prune --omit=dev --ignore-scripts && rm -rf dist/test

FROM gcr.io/distroless/nodejs20-debian12:nonroot
WORKDIR /sidecert
COPY --from=build /sidecert/package.json ./
COPY --from=build /sidecert/node_modules node_modules
COPY --from=build /sidecert/filters/lua filters/lua
COPY --from=build /sidecert/dist dist
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "dist/cli/main.js"]
CMD ["--help"]
