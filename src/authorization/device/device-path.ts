/** Where people let devices in. */
export const DEVICE_PATH = 'device';
