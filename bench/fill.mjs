/** Fills the families of a database. See docs/growth.md. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openAppContext } from './app-context.mjs';
import { fill } from './growth/fill.mjs';

const HELP = `Adds token families to the database that the service would use here: DATABASE_URL, or the embedded one
under DATA_DIR. Reads the service's variables and .env, and migrates first. Build before: npm run build.

  node bench/fill.mjs [options]

  --families 1000000   how many
  --sessions 1000      how many of them get refresh tokens that are known
  --out file           writes those, with their client's credentials, as JSON that only you may read
  --help
`;
/** Its owner alone. */
const PRIVATE = 0o600;

async function main() {
  const { values } = parseArgs({
    options: {
      families: { type: 'string', default: '1000000' },
      sessions: { type: 'string', default: '1000' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const client = {
    id: `fill-${randomBytes(4).toString('hex')}`,
    secret: randomBytes(32).toString('base64url'),
    tokenPolicy: {},
  };
  const app = await openAppContext();
  try {
    const order = { families: Number(values.families), sessions: Number(values.sessions), client };
    const families = await fill(app, order);
    if (values.out !== undefined) {
      const { id, secret } = client;
      await writeFile(values.out, JSON.stringify({ client: { id, secret }, families }), { mode: PRIVATE });
    }
  } finally {
    await app.close();
  }
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
