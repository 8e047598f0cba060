import { sign } from 'node:crypto';

/**
 * What the signing of tokens of one kind with one key needs.
 *
 * @typedef {object} JwsRecipe
 * @property {string | null} digest
 * @property {import('node:crypto').SignKeyObjectInput} key
 * @property {string} header the protected header, encoded
 */

/**
 * A JWS in compact serialization (RFC 7515 §7.1). In JavaScript, as its thread is, so that tests run both as they are.
 *
 * @param {JwsRecipe} recipe
 * @param {string} payload
 * @returns {string}
 */
export function signJws(recipe, payload) {
  const input = signingInput(recipe, payload);
  return `${input}.${sign(recipe.digest, Buffer.from(input), recipe.key).toString('base64url')}`;
}

/**
 * What is signed (RFC 7515 §5.1).
 *
 * @param {JwsRecipe} recipe
 * @param {string} payload
 * @returns {string}
 */
export function signingInput({ header }, payload) {
  return `${header}.${Buffer.from(payload).toString('base64url')}`;
}
