import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';

/** As another package would import it: through the built subpath export. */
it('regrant/verifier is exported', () => {
  const script = `
    const { TokenVerifier, TokenRefusedError } = await import('regrant/verifier');
    console.log(typeof TokenVerifier.start, new TokenRefusedError('revoked').reason);`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(output.trim()).toBe('function revoked');
});
