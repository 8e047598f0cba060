import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';

/** Makes the process fail that imports any of these. */
const WITHOUT = (packages: string) => {
  const hooks = `export const resolve = (name, context, next) => {
    if (/^(${packages})(\\/|$)/.test(name)) throw new Error('it imports ' + name);
    return next(name, context);
  };`;
  const register = `import { register } from 'node:module';
    register('data:text/javascript,${encodeURIComponent(hooks).replaceAll("'", '%27')}');`;
  return `data:text/javascript,${encodeURIComponent(register)}`;
};

function run(script: string, ...options: string[]): string {
  const args = [...options, '--input-type=module', '-e', script];
  return execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** As another package would import it: through the built subpath exports. */
describe('the exports of the package', () => {
  it('have the verifier, which loads neither NestJS nor ioredis', () => {
    const script = `
      const { TokenVerifier, TokenRefusedError } = await import('regrant/verifier');
      console.log(typeof TokenVerifier.start, new TokenRefusedError('revoked').reason);`;
    expect(run(script, '--import', WITHOUT('@nestjs|ioredis|fastify|pg|typeorm|rxjs'))).toBe(
      'function revoked',
    );
  });

  it('have the guard for NestJS, on the same verifier, which does not load ioredis', () => {
    const script = `
      const { AccessTokenGuard, TokenVerifierModule, RequiredScopes, AccessTokenClaims } =
        await import('regrant/verifier/nest');
      const { TokenVerifier } = await import('regrant/verifier');
      console.log(typeof AccessTokenGuard, typeof RequiredScopes, typeof AccessTokenClaims);
      console.log(Reflect.getMetadata('exports', TokenVerifierModule).includes(TokenVerifier));`;
    expect(run(script, '--import', WITHOUT('ioredis|fastify|pg|typeorm'))).toBe(
      'function function function\ntrue',
    );
  });

  it('would be found out to load one', () => {
    expect(() => run(`await import('regrant/verifier/nest')`, '--import', WITHOUT('@nestjs'))).toThrow(
      'it imports @nestjs',
    );
  });
});
