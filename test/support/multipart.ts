// Uploads as an integrator's library would write them.
import type { Send } from './api.ts';
import type { UploadFile } from './fixtures/fixture.ts';

const BOUNDARY = 'a-boundary-that-stands-in-no-fixture';

/** Text fields and one file as an integrator's library would write them. */
export function multipart(fields: Record<string, unknown>, file: UploadFile, boundary = BOUNDARY): Send {
  const parts = Object.entries(fields).map(
    ([name, value]) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${String(value)}`,
  );
  parts.push(
    `Content-Disposition: form-data; name="file"; filename="${file.name}"\r\nContent-Type: ${file.type}\r\n\r\n${file.content}`,
  );
  const raw = `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`;
  return { raw, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}
