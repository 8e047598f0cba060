import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PasswordHasher } from './password-hasher.js';
import { Argon2Scheme } from './passwords/argon2.scheme.js';
import { BcryptThreads } from './passwords/bcrypt-threads.js';
import { BcryptScheme } from './passwords/bcrypt.scheme.js';
import { PasswordHashReader } from './passwords/password-hash.reader.js';
import { Pbkdf2Scheme } from './passwords/pbkdf2.scheme.js';
import { ScryptScheme } from './passwords/scrypt.scheme.js';

const PASSWORD = 'correct horse bätter y';

/** Made by argon2-cffi, bcrypt, passlib and Django of Python. */
const VECTORS: Record<string, string> = {
  Argon2id: '$argon2id$v=19$m=1024,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$LkHy9FMis1ATEefMbo8qgotJLdZ7AT0l',
  Argon2i: '$argon2i$v=19$m=1024,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$LiL+GuQkthjRFIjblXNdB7RI9BPsYq7/',
  Argon2d: '$argon2d$v=19$m=1024,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$7xNiTMEBpGtRIW5Lljzojk8kP9TYAMOo',
  'Argon2id of version 16':
    '$argon2id$v=16$m=4096,t=3,p=2$c2FsdHNhbHRzYWx0c2FsdA$UrJdr3u2aaYyF2Li1Qub/yaP2F9E/7xzDo5v5CnCWcU',
  'Argon2id of Django':
    'argon2$argon2id$v=19$m=102400,t=2,p=8$c2Vhc2FsdDEyMzQ1$xwaKk5j6qVYOurzqfjZXTrjW9m3anrv2RzgOY6JBU24',
  'bcrypt 2a': '$2a$05$DTptT7FywYfBDyDI44.HEevx2qNzOrANT9znIvMq3lyaFCsUjAxza',
  'bcrypt 2b': '$2b$05$Tmd8ktL457.8Gmivu4Q2k.arB4YEmUOVqF6PE7lg/GOtTYk4yZ5iu',
  'bcrypt 2y': '$2y$05$abcdefghijklmnopqrstuuXjqpsNhtm2/ToNnz5AGIh9CoZdX/kja',
  'bcrypt of Spring': '{bcrypt}$2a$05$DTptT7FywYfBDyDI44.HEevx2qNzOrANT9znIvMq3lyaFCsUjAxza',
  'bcrypt of Django': 'bcrypt$$2b$04$2aJj8aIStU12z2TeQze7ueu9rar.CtrsIVGQTmQrcCDbidGakB1Vq',
  scrypt: '$scrypt$ln=12,r=8,p=2$c2FsdHNhbHRzYWx0c2FsdA$7wKQIamjHr6l0b5rOo5GsJA2VsXlPrvFEm8FXMCqQEE',
  'PBKDF2 with SHA-1 of passlib': '$pbkdf2$1500$....IHNhbHQgd2l0aCBkb3Rz$x4wAxb5DmSmet9H7bnXGYFwffDI',
  'PBKDF2 with SHA-256 of passlib':
    '$pbkdf2-sha256$1500$....IHNhbHQgd2l0aCBkb3Rz$WBujYMmqqXlXYpOaOBFAD/dqi1mNEzOsAzGvdFxNbE0',
  'PBKDF2 with SHA-512 of passlib':
    '$pbkdf2-sha512$1500$....IHNhbHQgd2l0aCBkb3Rz$m4ncz2VUtUbQIXkIanzPqgIInpXSmlrIo28YRypRp7anFIGfmIFbMbLAeAgj6K2URsU6zyWP1tC3Bvl21uJFDA',
  'PBKDF2 in PHC form':
    '$pbkdf2-sha256$i=1500,l=32$++++IHNhbHQgd2l0aCBkb3Rz$WBujYMmqqXlXYpOaOBFAD/dqi1mNEzOsAzGvdFxNbE0',
  'PBKDF2 with SHA-256 of Django':
    'pbkdf2_sha256$1500$seasalt12345$OOX0wECl2PERDp83hSTBBlSrQdTLGKVKcTlHyKRu29g=',
  'PBKDF2 with SHA-1 of Django': 'pbkdf2_sha1$1500$seasalt12345$ZKy9+J/gM2rFZueMhX+c92dTnC0=',
};

/** The same password, by argon2-cffi with today's parameters. */
const TODAYS =
  '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$KGOA8uuv7aZ2TZxU0G8d6Mfu74xF928LKsYjJIm8gm4';

const HASH_16 = 'YWJjZGVmZ2hhYmNkZWZnaA';

const UNUSABLE: [string, string][] = [
  ['is empty', ''],
  ['is the password itself', 'secret'],
  ['is of Spring’s no scheme', '{noop}secret'],
  ['is a bare MD5', '5ebe2294ecd0e0f08eab7690d2a6ee69'],
  ['is too long', `$2b$04$${'a'.repeat(600)}`],
  ['is Argon2 without its hash', '$argon2id$v=19$m=1024,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA'],
  ['is Argon2 with an empty hash', '$argon2id$v=19$m=1024,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$'],
  ['is Argon2 with a hash of 8 bytes', '$argon2id$v=19$m=1024,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$YWJjZGVmZ2g'],
  [
    'is Argon2 with a hash of 65 bytes',
    `$argon2id$v=19$m=1024,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$${'A'.repeat(87)}`,
  ],
  ['is Argon2 over 256 MiB', `$argon2id$v=19$m=262145,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$${HASH_16}`],
  ['is Argon2 of 17 passes', `$argon2id$v=19$m=1024,t=17,p=1$c2FsdHNhbHRzYWx0c2FsdA$${HASH_16}`],
  ['is Argon2 of too much of both', `$argon2id$v=19$m=262144,t=5,p=1$c2FsdHNhbHRzYWx0c2FsdA$${HASH_16}`],
  ['is Argon2 of 17 lanes', `$argon2id$v=19$m=1024,t=1,p=17$c2FsdHNhbHRzYWx0c2FsdA$${HASH_16}`],
  ['is bcrypt of cost 3', '$2b$03$Tmd8ktL457.8Gmivu4Q2k.arB4YEmUOVqF6PE7lg/GOtTYk4yZ5iu'],
  ['is bcrypt of cost 15', '$2b$15$Tmd8ktL457.8Gmivu4Q2k.arB4YEmUOVqF6PE7lg/GOtTYk4yZ5iu'],
  ['is bcrypt of the faulty kind', '$2x$05$Tmd8ktL457.8Gmivu4Q2k.arB4YEmUOVqF6PE7lg/GOtTYk4yZ5iu'],
  ['is bcrypt cut short', '$2b$05$Tmd8ktL457.8Gmivu4Q2k.arB4YEmUOVqF6PE7lg/GOtTYk4yZ5i'],
  ['is scrypt over 256 MiB', `$scrypt$ln=19,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$${HASH_16}`],
  ['is scrypt of enormous N', `$scrypt$ln=4000,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$${HASH_16}`],
  ['is scrypt of too many lanes', `$scrypt$ln=18,r=8,p=5$c2FsdHNhbHRzYWx0c2FsdA$${HASH_16}`],
  ['is scrypt without p', `$scrypt$ln=12,r=8$c2FsdHNhbHRzYWx0c2FsdA$${HASH_16}`],
  ['is scrypt with ln=0', `$scrypt$ln=0,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$${HASH_16}`],
  ['is scrypt without salt', `$scrypt$ln=12,r=8,p=1$$${HASH_16}`],
  ['is scrypt with a hash of no bytes', '$scrypt$ln=12,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$'],
  ['is PBKDF2 of too many iterations', `$pbkdf2-sha256$i=2000001$c2FsdHNhbHRzYWx0c2FsdA$${HASH_16}`],
  [
    'is PBKDF2 of too many for two digests of output',
    `$pbkdf2-sha1$i=1000001$c2FsdHNhbHRzYWx0c2FsdA$${HASH_16}${HASH_16}`,
  ],
  ['is PBKDF2 with another digest', `$pbkdf2-md5$i=1000$c2FsdHNhbHRzYWx0c2FsdA$${HASH_16}`],
  ['is PBKDF2 of Django cut short', 'pbkdf2_sha256$1500$seasalt12345$'],
];

describe('PasswordHasher', () => {
  const threads = new BcryptThreads();
  let hasher: PasswordHasher;
  let reader: PasswordHashReader;
  beforeAll(() => {
    const argon2 = new Argon2Scheme();
    const schemes = [argon2, new BcryptScheme(threads), new ScryptScheme(), new Pbkdf2Scheme()];
    reader = new PasswordHashReader(schemes);
    hasher = new PasswordHasher(argon2, reader);
  });
  afterAll(() => threads.onModuleDestroy());

  it.each(Object.entries(VECTORS))(
    'finds the password of a hash of %s right, and outdated',
    async (_, hash) => {
      expect(await hasher.verify(hash, PASSWORD)).toBe('outdated');
      expect(await hasher.verify(hash, `${PASSWORD}.`)).toBe('wrong');
      expect(await hasher.verify(hash, '')).toBe('wrong');
    },
  );

  it('leaves a hash of its own as it is, and takes one of another make with the same parameters', async () => {
    expect(await hasher.verify(await hasher.hash(PASSWORD), PASSWORD)).toBe('right');
    expect(await hasher.verify(TODAYS, PASSWORD)).toBe('right');
    expect(await hasher.verify(TODAYS, 'another')).toBe('wrong');
  });

  it('takes a password however its characters are composed (SP 800-63B-4 3.1.1.2)', async () => {
    const [composed, decomposed] = ['b\u00e4tter', 'ba\u0308tter'];
    expect(await hasher.verify(await hasher.hash(decomposed), composed)).toBe('right');
    expect(await hasher.verify(await hasher.hash(composed), decomposed)).toBe('right');
  });

  it('takes one that was hashed decomposed elsewhere as it was typed, and has it hashed anew', async () => {
    const hash = await new Argon2Scheme().hash('ba\u0308tter');
    expect(await hasher.verify(hash, 'ba\u0308tter')).toBe('outdated');
    expect(await hasher.verify(hash, 'b\u00e4tter')).toBe('wrong');
  });

  it('heeds 72 bytes of a password hashed with bcrypt, and all of one hashed anew', async () => {
    const hash = '$2b$04$7d1U9LsF31hm9Pn1AJbAtOk.MixX0LBGrwzJ0bSGlg/iP49DnIIMa';
    const password = `${'x'.repeat(72)}tail`;
    expect(await hasher.verify(hash, password)).toBe('outdated');
    const renewed = await hasher.hash(password);
    expect(await hasher.verify(renewed, password)).toBe('right');
    expect(await hasher.verify(renewed, 'x'.repeat(72))).toBe('wrong');
  });

  it('finds every password wrong where there is no hash, or one that can’t be used', async () => {
    for (const stored of [null, undefined, '', 'secret', '{noop}secret']) {
      expect(await hasher.verify(stored, 'secret')).toBe('wrong');
    }
    expect(await hasher.verify(undefined, 'no user has this password')).toBe('wrong');
  });

  it.each(UNUSABLE)('refuses a hash that %s, and tells nothing of it', (_, hash) => {
    let message = '';
    try {
      reader.read(hash);
    } catch (error) {
      ({ message } = error as Error);
      expect((error as Error).name).toBe('UnusableHashError');
    }
    expect(message).not.toBe('');
    for (const part of hash.split('$').filter(({ length }) => length > 8))
      expect(message).not.toContain(part);
  });
});
