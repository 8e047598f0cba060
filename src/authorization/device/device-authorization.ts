/** The device grant's `grant_type` (RFC 8628 §3.4). */
export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** What a device asks for. */
export interface DeviceRequest {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly audiences: readonly string[];
}

/** A request that waits for somebody to decide. */
export interface PendingDevice extends DeviceRequest {
  readonly userCode: string;
}

/** Who let a device in, and what it may have. */
export interface DeviceGrant {
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly audiences: readonly string[];
  readonly authTime: Date;
  readonly amr: readonly string[];
  readonly acr?: string;
}

/** What a device that may not come in yet, or never, is told. */
export type DeviceRefusal =
  'pending' | 'too_fast' | 'denied' | 'expired' | 'consumed' | 'grant_gone' | 'unknown';

/** A device code has 256 random bits; the prefix lets secret scanners find one that leaked. */
export const DEVICE_CODE_PREFIX = 'rgd_';
export const DEVICE_CODE_BYTES = 32;
