# An image of msrpspec: docker build -t msrpspec:latest .
ARG BASE=node:22-bookworm-slim

FROM ${BASE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM ${BASE}
WORKDIR /opt/msrpspec
COPY --from=build /src/package.json ./
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/dist dist
COPY --from=build /src/scenarios scenarios
COPY --from=build /src/fixtures/suts fixtures/suts
# Records go to reports/out below it.
WORKDIR /work
ENTRYPOINT ["node", "/opt/msrpspec/dist/harness/cli/main.js"]
