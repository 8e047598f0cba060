import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { userInfo } from 'node:os';
import { type AuditDocument } from '../../src/audit/audit-entry.js';
import { regrant, regrantJson, regrantOnTerminal } from '../support/cli.js';
import { basic, postForm } from '../support/http.js';
import { type ManagementClient, startManaged } from '../support/management.js';
import { DEMO, signIn, tokenRequest } from '../support/oauth.js';
import { type TestApp } from '../support/test-app.js';

const PATIENCE_MS = 120_000;
const OPERATOR = { type: 'operator', id: userInfo().username };

type Registered = Record<'client_id' | 'client_secret', string>;

describe('clients at the shell', () => {
  let service: TestApp & { readonly admin: ManagementClient };
  beforeAll(async () => {
    service = await startManaged();
  }, PATIENCE_MS);
  afterAll(() => service.stop());

  const run = (...args: string[]) => regrant(args, { environment: service.environment });
  const json = <Document>(...args: string[]) =>
    regrantJson<Document>(args, { environment: service.environment });
  const create = (id: string, ...options: string[]) =>
    json<Registered>('client', 'create', id, '--grant', 'client_credentials', '--scope', 'read', ...options);
  const tokenOf = ({ client_id: id, client_secret: secret }: Registered) =>
    tokenRequest(service.url, { id, secret }, { grant_type: 'client_credentials' });
  const isActive = async (token: string) => {
    const authorization = basic(DEMO.id, DEMO.secret!);
    return (await postForm(`${service.url}/oauth2/introspect`, { token }, { authorization })).body.active;
  };
  const audited = async (id: string): Promise<AuditDocument[]> => {
    const { body } = await service.admin.get(`/audit?target_type=client&target=${id}`);
    return body.items as AuditDocument[];
  };

  it(
    'a client that is created gets tokens of a running service, and the log has who created it, not its secret',
    async () => {
      const shop = await create('shop');
      expect((await tokenOf(shop)).status).toBe(200);
      const entries = await audited('shop');
      expect(entries).toEqual([expect.objectContaining({ actor: OPERATOR, action: 'client.created' })]);
      expect(entries[0]?.request_id).toMatch(/^[\da-f-]{36}$/);
      expect(JSON.stringify(entries)).not.toContain(shop.client_secret);
    },
    PATIENCE_MS,
  );

  it(
    'shows and lists what the management API does',
    async () => {
      await create('twin', '--name', 'A twin');
      const { body } = await service.admin.get('/clients/twin');
      expect(await json('client', 'show', 'twin')).toEqual(body);
      expect(await json('client', 'list', '--search', 'a tw')).toEqual({ items: [body] });
      const { stdout, stderr } = await run('client', 'list', '--limit', '1');
      expect(stdout.split('\n')).toHaveLength(3);
      expect(stderr).toMatch(/--cursor [\w-]+\n$/);
    },
    PATIENCE_MS,
  );

  it(
    'takes a secret from standard input, and shows it to nobody',
    async () => {
      const secret = 'a secret of the operator';
      const { environment } = service;
      const args = ['client', 'create', 'given', '--grant', 'client_credentials', '--secret-stdin'];
      const { code, stdout, stderr } = await regrant(args, { environment, input: `${secret}\n` });
      expect(code).toBe(0);
      expect(stdout + stderr).not.toContain(secret);
      expect((await tokenOf({ client_id: 'given', client_secret: secret })).status).toBe(200);
    },
    PATIENCE_MS,
  );

  it(
    'takes metadata from a file, over which options stand',
    async () => {
      const metadata = {
        client_name: 'From a file',
        scope: 'read',
        token_policy: { access_token_lifetime: 60 },
      };
      const args = ['client', 'create', 'filed', '--metadata', '-', '--scope', 'write', '--json'];
      const options = { environment: service.environment, input: JSON.stringify(metadata) };
      const { stdout } = await regrant(args, options);
      expect(JSON.parse(stdout)).toMatchObject({ ...metadata, scope: 'write' });
    },
    PATIENCE_MS,
  );

  it(
    'a secret that is rotated without overlap is dead at once, and the new one works',
    async () => {
      const before = await create('rotated');
      const after = await json<Registered>('client', 'rotate-secret', 'rotated', '--overlap', '0');
      expect((await tokenOf(before)).status).toBe(401);
      expect((await tokenOf(after)).status).toBe(200);
    },
    PATIENCE_MS,
  );

  it(
    'what a disabled client has is dead when the command returns, and stays so when it is enabled (L2)',
    async () => {
      const client = await create('disabled');
      const { access_token: token = '' } = (await tokenOf(client)).body;
      expect(await isActive(token)).toBe(true);
      expect((await run('client', 'disable', 'disabled')).code).toBe(0);
      expect(await isActive(token)).toBe(false);
      expect((await tokenOf(client)).status).toBe(401);
      expect((await run('client', 'enable', 'disabled')).code).toBe(0);
      expect(await isActive(token)).toBe(false);
      expect((await tokenOf(client)).status).toBe(200);
      expect((await audited('disabled')).map(({ action, actor }) => [action, actor])).toEqual([
        ['client.enabled', OPERATOR],
        ['client.disabled', OPERATOR],
        ['client.created', OPERATOR],
      ]);
    },
    PATIENCE_MS,
  );

  it(
    'asks before it deletes, on a terminal, and does not unless told yes',
    async () => {
      const client = await create('deleted');
      const { environment } = service;
      const args = ['client', 'delete', 'deleted'];
      const refused = await regrantOnTerminal(args, { environment }, ['n']);
      expect(refused).toMatchObject({ code: 3, stdout: expect.stringContaining('[y/N]') });
      expect((await tokenOf(client)).status).toBe(200);
      expect((await regrantOnTerminal(args, { environment }, ['y'])).code).toBe(0);
      expect((await tokenOf(client)).status).toBe(401);
    },
    PATIENCE_MS,
  );

  it(
    'exits with 3 for what is not there or is there already, and with 2 for what can not be',
    async () => {
      expect(await run('client', 'show', 'nobody')).toEqual({
        code: 3,
        stdout: '',
        stderr: 'error: there is no such client\n',
      });
      await create('twice');
      expect((await run('client', 'create', 'twice')).code).toBe(3);
      const unsound = await run('client', 'create', 'unsound', '--public', '--grant', 'client_credentials');
      expect(unsound).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(/^error: grant_types /),
      });
    },
    PATIENCE_MS,
  );

  it(
    'lets no name that was registered command the terminal',
    async () => {
      const name = 'red \u001b[31m and \u009b31m and \u202e back';
      await service.admin.post('/clients', { client_id: 'red', client_name: name });
      const shown = await run('client', 'show', 'red');
      expect(shown.stdout).toContain('red \\u001b[31m and \\u009b31m and \\u202e back');
      const listed = await run('client', 'list', '--search', 'red', '--json');
      expect(listed.stdout).not.toMatch(/[\u001b\u009b\u202e]/);
      expect(JSON.parse(listed.stdout)).toMatchObject({ items: [{ client_name: name }] });
    },
    PATIENCE_MS,
  );

  it(
    'leaves users and their sessions at other clients alone (L4)',
    async () => {
      const { access_token: token = '' } = (await signIn(service.url)).body;
      await create('other');
      await run('client', 'delete', 'other', '--yes');
      expect(await isActive(token)).toBe(true);
    },
    PATIENCE_MS,
  );
});
