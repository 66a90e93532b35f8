/** The rooms of the house and who may enter which: see docs/architecture.md, "Rooms". */
const room = (name) => `^${name}/`;
const forbid = (name, comment, from, to) => ({ name, severity: "error", comment, from, to });

module.exports = {
  forbidden: [
    forbid(
      "no-circular",
      "Break the circle: move what both need below them.",
      {},
      { circular: true },
    ),
    forbid(
      "domain-is-pure",
      "domain/ decides; whatever it needs from outside arrives in the command.",
      { path: room("domain") },
      { pathNot: room("domain") },
    ),
    forbid(
      "src-sees-only-domain",
      "src/ runs the domain on Azure; functions, tools and tests stand above it.",
      { path: room("src") },
      { path: "^(functions|emulator|simulator|web|admin|console|scripts|bench|conformance|test)/" },
    ),
    forbid(
      "azure-only-in-platform",
      "Only src/platform talks to an SDK: give the stage a port instead.",
      { path: room("src"), pathNot: room("src/platform") },
      { path: "node_modules/(@azure|durable-functions|applicationinsights|undici)" },
    ),
    forbid(
      "kernel-knows-no-aggregate",
      "src/kernel is given what it has to know of the business: see src/kernel/messages/model.ts.",
      { path: room("src/kernel") },
      { path: "^src/(?!kernel/|platform/)|^domain/(?!kernel/)" },
    ),
    forbid(
      "modules-know-no-trigger",
      "Modules stand below the table of triggers and the composition.",
      { path: room("src/modules") },
      { path: "^src/(?!kernel/|platform/|modules/)" },
    ),
    {
      name: "no-circular-folders",
      severity: "error",
      comment: "The way of a message leads forward: what two folders need belongs below both.",
      scope: "folder",
      from: { path: "^(src|domain)" },
      to: { circular: true },
    },
    forbid(
      "functions-are-thin",
      "A function file names its trigger and its stage, nothing more.",
      { path: room("functions") },
      {
        pathNot:
          "^functions/|^src/(app|endpoints)\\.ts$|node_modules/(@azure/functions|durable-functions)",
      },
    ),
    forbid(
      "emulator-knows-no-app",
      "emulator/ is Azure in a box for any function app: node and itself only.",
      { path: room("emulator") },
      { pathNot: "^emulator/", dependencyTypesNot: ["core", "npm", "npm-dev"] },
    ),
    forbid(
      "emulator-uses-no-packages",
      "emulator/ speaks Azure's protocols itself: a package here would hide their cost and faults.",
      { path: room("emulator") },
      { path: "node_modules/" },
    ),
    forbid(
      "contract-stands-alone",
      "contract/ is what clients take home: it needs nothing of this house.",
      { path: room("contract") },
      { pathNot: room("contract") },
    ),
    forbid(
      "web-stands-alone",
      "web/ is what any app with pages needs: it knows none of them.",
      { path: room("web") },
      {
        path: "^(domain|src|functions|emulator|contract|admin|console|simulator|scripts|bench|conformance|test)/",
      },
    ),
    forbid(
      "clients-know-only-http",
      "The simulator, the admin app and the console know what is said over HTTP, and nothing else of this house.",
      { path: "^(simulator|admin|console)/" },
      { path: "^(domain|src|functions|emulator|scripts|bench|conformance|test)/" },
    ),
    forbid(
      "no-test-in-production",
      "Tests are not a library.",
      { pathNot: "^test/" },
      { path: "^test/" },
    ),
    forbid(
      "no-orphans",
      "Nobody imports this file: delete it or wire it in.",
      { orphan: true, pathNot: "\\.(test|d)\\.ts$|^(scripts|bench|simulator|functions)/|\\.cjs$" },
      {},
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".json"],
      conditionNames: ["import", "require", "node", "types"],
    },
  },
};
