// UUIDv7 from system time (RFC 9562 §5.7): sorted by creation, monotonic inside one process.

export type NewId = (systemMs: number) => string;

/** `random` must fill the array; tests pass a seeded source so that a failure can be replayed. */
export function createIdGenerator(random: (bytes: Uint8Array) => void): NewId {
  let lastMs = 0;
  let counter = 0;
  const bytes = new Uint8Array(16);
  return (systemMs) => {
    random(bytes);
    if (systemMs > lastMs) {
      lastMs = systemMs;
      counter = ((bytes[6] ?? 0) & 0x07) * 256 + (bytes[7] ?? 0);
    } else if (++counter > 0xfff) {
      lastMs += 1;
      counter = 0;
    }
    const view = new DataView(bytes.buffer);
    view.setUint32(0, Math.floor(lastMs / 65536));
    view.setUint16(4, lastMs % 65536);
    view.setUint16(6, 0x7000 | counter);
    view.setUint8(8, 0x80 | ((bytes[8] ?? 0) & 0x3f));
    const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
}

export const UUID_PATTERN = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';
