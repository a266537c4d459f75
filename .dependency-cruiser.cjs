// Who may import whom (design: bin → app → features → platform → kernel); every rule says why it exists.
const order = [
  ['reference'],
  ['agencies', 'audit', 'events', 'webhooks', 'documents', 'deadlines', 'grants'],
  ['persons'],
  ['clues'],
  ['cases'],
  ['funds'],
  ['disbursements'],
  ['reconciliations'],
  ['referrals'],
  ['visits'],
  ['accounts'],
  ['letters', 'work-items', 'retention', 'statistics', 'exports', 'imports', 'sandbox', 'keys'],
];
const features = order.flat();
const upward = order.slice(0, -1).map((level, index) => ({
  name: `no-upward-from-${level.join('-')}`,
  comment:
    'Features form a DAG along the flow of the business: a lower one never knows a higher one, it is called back through a fact handler.',
  severity: 'error',
  from: { path: `^src/(${level.join('|')})/` },
  to: {
    path: `^src/(${order
      .slice(index + 1)
      .flat()
      .join('|')})/`,
  },
}));
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A circle means two files are one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'kernel-is-pure',
      comment: 'The kernel is plain TypeScript: testable without anything, reusable by the verifier.',
      severity: 'error',
      from: { path: '^src/kernel/' },
      to: { pathNot: '^src/kernel/' },
    },
    {
      name: 'platform-knows-no-feature',
      comment: 'Technology must not know the business.',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/', pathNot: '^src/(platform|kernel)/' },
    },
    {
      name: 'only-bin-imports-app',
      comment: 'app.ts is the table of contents; only the executables and tests stand above it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/bin/' },
      to: { path: '^src/app[.]ts$' },
    },
    {
      name: 'nobody-imports-bin',
      comment: 'bin/ touches process, signals, argv and listen; nothing may depend on that.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/bin/' },
      to: { path: '^src/bin/' },
    },
    {
      name: 'domain-is-pure',
      comment: 'Rules are decided without schema, database, http or clock, so that they can be tested and read alone.',
      severity: 'error',
      from: { path: '^src/[^/]+/domain[.]ts$', pathNot: '^src/(platform|kernel)/' },
      to: { pathNot: '^src/kernel/|^src/[^/]+/domain[.]ts$|^src/reference/' },
    },
    {
      name: 'pg-in-platform-db-only',
      comment: 'One place owns connections, time-outs and error translation.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/platform/db/' },
      to: { path: 'node_modules/(pg|@types/pg)/' },
    },
    {
      name: 'drizzle-in-repositories-only',
      comment:
        'Every query lives in a repository (or the platform), so walls and indexes are reviewed in one kind of file.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/platform/|/(repository|table|[a-z-]+-repository|[a-z-]+-table)[.]ts$' },
      to: { path: 'node_modules/drizzle-orm/' },
    },
    {
      name: 'routes-hold-no-rules',
      comment: 'routes.ts is URL, permission and schema; rules live in service and domain.',
      severity: 'error',
      from: { path: '/routes[.]ts$' },
      to: { path: '/table[.]ts$' },
    },
    {
      name: 'no-foreign-repository',
      comment:
        'Another feature is reached through its service or domain, never through its repository; read models read tables.',
      severity: 'error',
      from: { path: `^src/(${features.join('|')})/` },
      to: { path: '^src/[^/]+/repository[.]ts$', pathNot: '^src/$1/' },
    },
    {
      name: 'no-dev-dependency-in-src',
      comment: 'The image installs without dev dependencies.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
    },
    ...upward,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
