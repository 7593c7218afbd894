import optimizeLocales from "@react-aria/optimize-locales-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [
    react(),
    { ...optimizeLocales.vite({ locales: ["es-ES", "en-US", "pt-BR"] }), enforce: "pre" },
  ],
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the policy allows no data: but in pictures
    modulePreload: { polyfill: false },
  },
});
