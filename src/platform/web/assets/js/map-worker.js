import "../node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs";
