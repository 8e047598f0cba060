import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { basic, postForm } from '../support/http.js';
import { type Caller, DEMO, firstRefreshToken, signIn } from '../support/oauth.js';
import { startRedis } from '../support/redis-server.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OWNER: Caller = { id: 'owner', secret: CLIENT_SECRET };
const API = 'https://api.example.com';

/** The fenced blocks of a language in a document, in their order. */
function examples(document: string, language: string): string[] {
  const text = readFileSync(`${ROOT}docs/${document}`, 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, code]) => code!);
}

/** Every example of docs/verifier.md and docs/events.md is run as it stands, on the addresses of the test. */
describe('examples in the documents', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let service: TestApp;
  let token: string;
  beforeAll(async () => {
    redis = await startRedis();
    service = await startApp({ REDIS_URL: redis.url, REDIS_KEY_PREFIX: 'regrant:' });
    await registerClient(service, {
      id: 'my-service',
      audiences: [API],
      scopes: ['events.read', 'introspect'],
      defaultScopes: [],
    });
    await registerClient(service, { id: OWNER.id, audiences: [API] });
    token = (await signIn(service.url, OWNER)).body.access_token!;
  });
  afterAll(async () => {
    await service.stop();
    await redis.stop();
  });

  /** Runs a TypeScript example, and after it `probe`. @returns what that prints */
  const run = async (example: string, probe: string): Promise<string[]> => {
    const code = example.replaceAll('https://auth.example.com', service.url) + probe;
    const { outputText } = ts.transpileModule(code, {
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
      },
    });
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, REDIS_URL: redis.url, CLIENT_SECRET, TOKEN: token };
    const args = ['--input-type=module', '-e', outputText];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
    return stdout.trim().split('\n');
  };

  it('are in TypeScript that the compiler takes', () => {
    const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, (path) => readFileSync(path, 'utf8')) as {
      config: { compilerOptions: object };
    };
    const { options } = ts.convertCompilerOptionsFromJson(
      {
        ...config.compilerOptions,
        noUnusedLocals: false,
        paths: {
          'regrant/verifier': ['./src/verifier/token-verifier.ts'],
          'regrant/verifier/nest': ['./src/verifier/nest/token-verifier.module.ts'],
        },
      },
      ROOT,
    );
    const files = new Map(examples('verifier.md', 'ts').map((code, at) => [`${ROOT}example-${at}.ts`, code]));
    const disk = ts.createCompilerHost(options);
    const host: ts.CompilerHost = {
      ...disk,
      fileExists: (name) => files.has(name) || disk.fileExists(name),
      readFile: (name) => files.get(name) ?? disk.readFile(name),
      getSourceFile: (name, target) => {
        const example = files.get(name);
        return example === undefined
          ? disk.getSourceFile(name, target)
          : ts.createSourceFile(name, example, target);
      },
    };
    const program = ts.createProgram([...files.keys()], options, host);
    const problems = [...files.keys()].flatMap((name) => [
      ...program.getSyntacticDiagnostics(program.getSourceFile(name)),
      ...program.getSemanticDiagnostics(program.getSourceFile(name)),
    ]);
    expect(files.size).toBe(3);
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
  }, 120_000);

  it('verify a token', async () => {
    const [alone] = examples('verifier.md', 'ts');
    const probe = `
      console.log(await whoCalls(process.env.TOKEN));
      console.log(await whoCalls('nonsense'));
      verifier.stop();`;
    expect(await run(alone!, probe)).toEqual([
      expect.stringMatching(/^subject [0-9a-f-]{36}$/),
      'nobody: invalid',
    ]);
  });

  it('follow the Redis stream', async () => {
    const [, withRedis] = examples('verifier.md', 'ts');
    const probe = `
      console.log((await verifier.verify(process.env.TOKEN)).client_id, await redis.ping());
      verifier.stop();
      redis.disconnect();`;
    expect(await run(withRedis!, probe)).toEqual([`${OWNER.id} PONG`]);
  });

  it('guard a NestJS application', async () => {
    const [, , nest] = examples('verifier.md', 'ts');
    const probe = `
      const { NestFactory } = await import('@nestjs/core');
      const { FastifyAdapter } = await import('@nestjs/platform-fastify');
      const app = await NestFactory.create(OrdersModule, new FastifyAdapter(), { logger: false });
      await app.listen(0, '127.0.0.1');
      for (const authorization of ['Bearer ' + process.env.TOKEN, 'Bearer nonsense']) {
        const answer = await fetch((await app.getUrl()) + '/orders', { headers: { authorization } });
        console.log(answer.status, answer.headers.get('www-authenticate'), Object.keys(await answer.json()));
      }
      await app.close();`;
    expect(await run(nest!, probe)).toEqual([
      "200 null [ 'ordersOf' ]",
      `401 Bearer realm="regrant", error="invalid_token" [ 'error', 'error_description' ]`,
    ]);
  });

  const revoke = async () => {
    const authorization = basic(DEMO.id, DEMO.secret!);
    const refreshToken = await firstRefreshToken(service.url);
    await postForm(`${service.url}/oauth2/revoke`, { token: refreshToken }, { authorization });
  };

  it('read the event stream with curl, and what it prints is of the form that is shown', async () => {
    const [script, ...others] = examples('events.md', 'sh');
    expect(others).toHaveLength(1);
    const code = script!.replaceAll('http://127.0.0.1:3000', service.url);
    const shell = spawn('bash', ['-c', code], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    shell.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    try {
      await until(() => output.includes(': heartbeat'));
      await revoke();
      await until(() => /^data: .*\n\n/m.test(output));
      const [shown] = examples('events.md', 'text');
      expect(shapeOf(output)).toEqual(shapeOf(shown!));
    } finally {
      process.kill(-shell.pid!);
    }
  });

  it('read the Redis stream in a consumer group, and acknowledge', async () => {
    await revoke();
    const client = new Redis(redis.url);
    const [, script] = examples('events.md', 'sh');
    const [create, read, acknowledge] = script!
      .trim()
      .split('\n')
      .map((line) => {
        expect(line).toMatch(/^redis-cli /);
        return line
          .split(' ')
          .slice(1)
          .map((word) => word.replaceAll("'", ''));
      });
    const call = ([command, ...args]: string[] = []) => client.call(command!, ...args);
    try {
      expect(await call(create)).toBe('OK');
      const answer = JSON.stringify(await call(read));
      const [, id = ''] = /"(\d+-\d+)"/.exec(answer) ?? [];
      expect(answer).toContain('token-family-revoked');
      expect(acknowledge!.at(-1)).toMatch(/^\d+-\d+$/);
      expect(await call([...acknowledge!.slice(0, -1), id])).toBe(1);
    } finally {
      client.disconnect();
    }
  });
});

/** The names of the fields on an event stream up to its first event, and of that event's members. */
function shapeOf(stream: string): unknown[] {
  const [head = '', data = '{}'] = stream.split(/^data: /m);
  const names = head.split('\n').map((line) => /^(: heartbeat|\w+)/.exec(line)?.[0]);
  return [...new Set(names), ...Object.keys(JSON.parse(data.split('\n')[0]!) as object)];
}
