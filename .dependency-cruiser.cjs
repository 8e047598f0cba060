/**
 * The rooms of src/ by level. A room imports rooms of a lower level only: never up, never sideways.
 * See docs/adr/0009 for the rooms that the first design did not have.
 */
const LEVELS = [
  ['common', 'config'],
  ['metrics', 'tracing'],
  ['http', 'key-ring', 'database', 'redis'],
  ['audit', 'refusals', 'pages'],
  ['users', 'clients', 'events'],
  ['roles'],
  ['tokens', 'sessions'],
  ['revocation'],
  ['introspection', 'authorization'],
  ['openid'],
  ['grants', 'event-streams', 'shared-signals', 'account'],
  ['registration', 'gateway'],
  ['management', 'metadata', 'observability', 'first-run'],
  ['cli'],
];

const path = (rooms) => `^src/(${rooms.join('|')})/`;

const directions = LEVELS.flatMap((rooms, level) =>
  rooms.map((room) => ({
    name: `${room}-imports-lower-rooms-only`,
    severity: 'error',
    from: { path: path([room]) },
    to: {
      path: path(
        LEVELS.slice(level)
          .flat()
          .filter((other) => other !== room),
      ),
    },
  })),
);

module.exports = {
  forbidden: [
    ...directions,
    {
      name: 'rooms-do-not-import-the-composition-root',
      severity: 'error',
      from: { path: '^src/[^/]+/' },
      to: { path: '^src/[^/]+\\.ts$' },
    },
    {
      name: 'every-room-has-a-level',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/[^/]+/', pathNot: path([...LEVELS.flat(), 'verifier']) },
    },
    {
      name: 'verifier-imports-common-only',
      severity: 'error',
      from: { path: '^src/verifier/' },
      to: { path: '^src/', pathNot: '^src/(verifier|common)/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-barrels',
      severity: 'error',
      from: {},
      to: { path: '^src/(?!database/migrations/).*index\\.ts$' },
    },
    {
      name: 'source-does-not-import-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^test/' },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'source-uses-declared-dependencies',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
