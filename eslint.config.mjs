import js from '@eslint/js';
import comments from '@eslint-community/eslint-plugin-eslint-comments/configs';
import prettier from 'eslint-config-prettier';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const APPS = ['gateway', 'webhook-dispatcher', 'integration-sync', 'api-key-auth', 'all-in-one'];

/** What each library may import of the others: contracts at the bottom, testing at the top. */
const LIBS = {
  contracts: [],
  security: ['contracts'],
  config: ['contracts'],
  connectors: ['contracts', 'security'],
  observability: ['contracts', 'config', 'security'],
  database: ['contracts', 'config', 'observability'],
  jobs: ['contracts', 'config', 'observability', 'database'],
  rpc: ['contracts', 'config', 'observability'],
  audit: ['contracts', 'observability', 'database', 'rpc'],
  testing: ['contracts', 'config', 'observability', 'security', 'database', 'jobs', 'rpc'],
};
/** Libraries that know nothing of the framework. */
const WITHOUT_NEST = ['contracts', 'config', 'security', 'connectors'];
/** The only files of an app that speak to the database. */
const DATABASE_FILES = [
  '**/*.entity.ts',
  '**/*.repository.ts',
  '**/migrations/**',
  '**/database.ts',
  '**/*spec.ts',
];

const any = (names) => `(${names.join('|')})`;
const ban = (regex, message) => ({ regex, message });
const NO_APPS = ban(`(^|/)apps/|(^|/)${any(APPS)}/src(/|$)`, 'Libraries and apps never import apps.');
const BY_NAME = ban(
  `(^|/)libs/|^\\.{1,2}/.*\\b${any(Object.keys(LIBS))}/src(?!/embedded)(/|$)`,
  'Import a library by its name, @signalbox/<library>.',
);
/** Starting a PostgreSQL is not part of `@signalbox/database`, so that services do not carry its binaries. */
const NO_EMBEDDED = ban(
  '/database/src/embedded',
  'Only the embedded start and tests run a PostgreSQL of their own.',
);
const ONLY_INDEX = ban('^@signalbox/[^/]+/', 'Import what the library exports, not its files.');
const NO_TYPEORM = ban(
  '^(typeorm|@nestjs/typeorm)(/|$)',
  'Only entities, repositories and migrations speak TypeORM.',
);
const NO_NEST = ban('^@nestjs/', 'This library knows nothing of Nest.');
const NO_TESTING = ban('^@signalbox/testing$', 'Test helpers are for specs.');

const borders = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
});

const libraryBorders = Object.entries(LIBS).map(([name, allowed]) => {
  const others = Object.keys(LIBS).filter((other) => other !== name && !allowed.includes(other));
  return borders(
    [`libs/${name}/**/*.ts`],
    [
      NO_APPS,
      BY_NAME,
      ONLY_INDEX,
      ...(['database', 'testing'].includes(name) ? [] : [NO_EMBEDDED]),
      ...(others.length > 0
        ? [
            ban(
              `^@signalbox/${any(others)}$`,
              `${name} stands below: it may import ${allowed.join(', ') || 'no other library'}.`,
            ),
          ]
        : []),
      ...(WITHOUT_NEST.includes(name) ? [NO_NEST] : []),
      ...(name === 'database' ? [] : [NO_TYPEORM]),
    ],
    [`libs/${name}/**/*spec.ts`],
  );
});

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '.data/', 'node_modules/'] },
  js.configs.recommended,
  comments.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@eslint-community/eslint-comments/require-description': 'error',
      eqeqeq: 'error',
      'no-console': 'off',
      'object-shorthand': 'error',
      'prefer-const': 'error',
    },
  },
  { files: ['**/*.{js,mjs,cjs}'], languageOptions: { globals: globals.node } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/ban-ts-comment': ['error', { minimumDescriptionLength: 10 }],
      // Leaves files with decorators alone: there the emitted metadata needs the value.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-unnecessary-type-arguments': 'error',
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/unbound-method': ['error', { ignoreStatic: true }],
      // The annotation of a property is what decorators see of its type.
      '@typescript-eslint/no-inferrable-types': ['error', { ignoreProperties: true }],
      'max-lines': ['error', { max: 320, skipBlankLines: true, skipComments: true }],
      'no-restricted-imports': 'off',
    },
  },
  {
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    ignores: ['**/main.ts', '**/*spec.ts', 'libs/testing/**', 'libs/database/src/embedded/**'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'The environment is read once, by main.ts, through @signalbox/config.',
        },
      ],
    },
  },
  ...libraryBorders,
  ...APPS.filter((app) => app !== 'all-in-one').flatMap((app) => {
    const others = APPS.filter((other) => other !== app);
    const patterns = [
      ban(`(^|/)apps/|^\\.\\./.*\\b${any(others)}/src(/|$)`, 'Apps never import apps.'),
      BY_NAME,
      NO_EMBEDDED,
      ONLY_INDEX,
    ];
    return [
      borders([`apps/${app}/**/*.ts`], [...patterns, NO_TYPEORM, NO_TESTING], [`apps/${app}/**/*spec.ts`]),
      borders(
        DATABASE_FILES.map((files) => `apps/${app}/${files}`),
        patterns,
      ),
    ];
  }),
  borders(['apps/all-in-one/**/*.ts'], [BY_NAME, ONLY_INDEX, NO_TYPEORM]),
  {
    // Specs look into what libraries keep to themselves, and expect's matchers are untyped.
    files: ['**/*spec.ts', 'libs/testing/**/*.ts', 'test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'max-lines': ['error', { max: 600, skipBlankLines: true, skipComments: true }],
    },
  },
  prettier,
);
