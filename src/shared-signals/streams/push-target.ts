import { BlockList, isIP } from 'node:net';
import { OAuthError } from '../../common/oauth-error.js';

/** Where events may be pushed to. */
export interface PushPolicy {
  readonly allowsPlainHttp: boolean;
  /** Addresses that are allowed though they are not public. */
  readonly allowed: BlockList;
}

/** Special-purpose addresses (RFC 6890) and multicast: ourselves, our network, its metadata service. */
const SPECIAL_IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/** Within global unicast: tunnels, which carry any IPv4 address, and documentation. */
const SPECIAL_IPV6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
];

const special = new BlockList();
for (const [address, bits] of SPECIAL_IPV4) special.addSubnet(address, bits, 'ipv4');
for (const [address, bits] of SPECIAL_IPV6) special.addSubnet(address, bits, 'ipv6');

const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** By what `isIP` says; a name has none. */
const FAMILIES: Readonly<Record<number, 'ipv4' | 'ipv6' | undefined>> = { 4: 'ipv4', 6: 'ipv6' };

/**
 * Checks the URL of a push endpoint. What a name resolves to is checked whenever a connection is made,
 * see `PushClient`: it may be another address by then.
 *
 * @throws OAuthError `invalid_request`
 */
export function checkPushUrl(text: string, { allowsPlainHttp, allowed }: PushPolicy): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSecure = url?.protocol === 'https:' || (url?.protocol === 'http:' && allowsPlainHttp);
  if (!url || !isSecure) throw OAuthError.invalidRequest('delivery.endpoint_url must be an https URL');
  if (url.username !== '' || url.password !== '' || url.hash !== '')
    throw OAuthError.invalidRequest('delivery.endpoint_url must have no user, password or fragment');
  if (!mayBeReached(url.hostname.replace(/^\[|\]$/g, ''), allowed))
    throw OAuthError.invalidRequest('delivery.endpoint_url must be at a public address');
  return url.href;
}

function mayBeReached(host: string, allowed: BlockList): boolean {
  const family = FAMILIES[isIP(host)];
  if (family) return allowed.check(host, family) || isPublic(host, family);
  return !/(^|\.)localhost\.?$/i.test(host) || allowed.check('127.0.0.1', 'ipv4');
}

function isPublic(address: string, family: 'ipv4' | 'ipv6'): boolean {
  return !special.check(address, family) && (family === 'ipv4' || globalUnicast.check(address, family));
}
