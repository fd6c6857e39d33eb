import eslint from '@eslint/js';
import angular from 'angular-eslint';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * The import rules of `docs/architecture.md` §3, one line a rule. ESLint does not merge options of the same rule, so
 * every folder gets its whole list at once from `restrict`.
 */
const API_DOMAINS = 'auth|users|messages|presence|chat';
const WEB_DOMAINS = 'auth|users|messages|chat|settings';

const rule = {
  mongoose: { regex: '^mongoose($|/)', message: 'mongoose stands only in schemas, repositories and core/database.' },
  socketIo: {
    regex: '^socket\\.io(-client)?($|/)',
    message: 'Socket.IO stands only in core/realtime and in gateway types.',
  },
  embeddedMongo: {
    regex: '^@parlance/embedded-mongo',
    message: 'Only api/src/core/database starts the embedded server.',
  },
  apiInternals: {
    regex: `^(\\.\\./)+(${API_DOMAINS})/(?!([\\w-]+\\.module|[\\w-]+\\.service|events/[\\w.-]+)\\.js$)`,
    message: 'A domain takes from another only its module, service and events.',
  },
  coreKnowsNoDomain: { regex: `^(\\.\\.?/)+(${API_DOMAINS})/`, message: 'core knows no domain.' },
  chatIsTheEdge: { regex: '^(\\.\\./)+chat/', message: 'chat is the edge: only app.module imports it.' },
  webCoreKnowsNoDomain: { regex: `^(\\.\\./)+(${WEB_DOMAINS})/`, message: 'web/core and web/ui know no domain.' },
  uiKnowsNoCore: { regex: '^(\\.\\./)+core/', message: 'web/ui has inputs and outputs only.' },
  messagesKnowNoScreens: { regex: '^(\\.\\./)+(chat|settings)/', message: 'Stores know no screens.' },
  screensUseStores: {
    regex: '(^@angular/common/http$|/core/realtime/realtime$)',
    message: 'Chat components touch stores, never Realtime or HttpClient.',
  },
  onlyPublicApi: { regex: '^(\\.\\./)+(api|web)/', message: 'Extensions import only public-api and the contracts.' },
};

const forwardRef = {
  name: '@nestjs/common',
  importNames: ['forwardRef'],
  message: 'A cycle between modules: split them.',
};
const inject = { name: '@angular/core', importNames: ['inject'], message: 'web/ui injects nothing.' };

const restrict = (patterns, paths = []) => ({ 'no-restricted-imports': ['error', { patterns, paths }] });

const noEnvironment = {
  'no-restricted-properties': [
    'error',
    { object: 'process', property: 'env', message: 'The environment is read once, in core/config.' },
  ],
};

const API = [rule.embeddedMongo, rule.apiInternals, rule.chatIsTheEdge];

export default defineConfig(
  { ignores: ['**/dist/', '**/node_modules/', '.angular/', 'coverage/', 'data/', '**/public/', 'test-results/'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Nest and Angular classes are often markers: modules, abstract tokens.
      '@typescript-eslint/no-extraneous-class': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        module: 'writable',
        Buffer: 'readonly',
        performance: 'readonly',
        document: 'readonly',
        localStorage: 'readonly',
        fetch: 'readonly',
        globalThis: 'readonly',
        Atomics: 'readonly',
        SharedArrayBuffer: 'readonly',
      },
    },
  },

  // API
  {
    files: ['api/src/**/*.ts'],
    rules: { ...restrict([...API, rule.mongoose, rule.socketIo], [forwardRef]), ...noEnvironment },
  },
  { files: ['api/src/**/*.{schema,repository}.ts'], rules: restrict([...API, rule.socketIo], [forwardRef]) },
  { files: ['api/src/**/*.gateway.ts'], rules: restrict([...API, rule.mongoose], [forwardRef]) },
  {
    files: ['api/src/core/**/*.ts'],
    rules: restrict([rule.embeddedMongo, rule.coreKnowsNoDomain, rule.mongoose, rule.socketIo], [forwardRef]),
  },
  { files: ['api/src/core/database/**/*.ts'], rules: restrict([rule.coreKnowsNoDomain, rule.socketIo], [forwardRef]) },
  {
    files: ['api/src/core/realtime/**/*.ts'],
    rules: restrict([rule.embeddedMongo, rule.coreKnowsNoDomain, rule.mongoose], [forwardRef]),
  },
  { files: ['api/src/core/config/**/*.ts'], rules: { 'no-restricted-properties': 'off' } },
  { files: ['api/src/{app.module,main}.ts'], rules: restrict([rule.mongoose, rule.embeddedMongo], [forwardRef]) },

  // Client
  {
    files: ['web/src/**/*.ts'],
    extends: [angular.configs.tsRecommended],
    processor: angular.processInlineTemplates,
    rules: {
      '@angular-eslint/component-selector': ['error', { type: 'element', prefix: 'app', style: 'kebab-case' }],
      '@angular-eslint/directive-selector': ['error', { type: 'attribute', prefix: 'app', style: 'camelCase' }],
      '@angular-eslint/prefer-on-push-component-change-detection': 'error',
      ...restrict([rule.socketIo]),
    },
  },
  { files: ['web/src/app/core/**/*.ts'], rules: restrict([rule.webCoreKnowsNoDomain, rule.socketIo]) },
  { files: ['web/src/app/core/realtime/**/*.ts'], rules: restrict([rule.webCoreKnowsNoDomain]) },
  {
    files: ['web/src/app/ui/**/*.ts'],
    rules: restrict([rule.webCoreKnowsNoDomain, rule.uiKnowsNoCore, rule.socketIo], [inject]),
  },
  { files: ['web/src/app/{users,messages}/**/*.ts'], rules: restrict([rule.messagesKnowNoScreens, rule.socketIo]) },
  { files: ['web/src/app/chat/**/*.ts'], rules: restrict([rule.screensUseStores, rule.socketIo]) },
  {
    files: ['web/src/**/*.html'],
    extends: [angular.configs.templateRecommended, angular.configs.templateAccessibility],
  },

  // Extensions
  { files: ['extensions/**/*.ts'], rules: restrict([rule.onlyPublicApi, rule.mongoose, rule.socketIo]) },

  // Tests read answers of the wire, which are JSON; they may start what they test.
  {
    files: [
      '**/*.spec.ts',
      '**/*.e2e-spec.ts',
      'api/test/**/*.ts',
      'libs/*/test/**/*.ts',
      'e2e/**/*.ts',
      'test/**/*.ts',
    ],
    rules: {
      'no-restricted-imports': 'off',
      'no-restricted-properties': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@angular-eslint/prefer-on-push-component-change-detection': 'off',
    },
  },
  { files: ['scripts/**', 'bench/**', 'e2e/**'], rules: { 'no-console': 'off' } },
);
