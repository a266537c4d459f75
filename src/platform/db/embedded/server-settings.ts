// The settings with which the embedded PostgreSQL runs: loopback only, and no personal data in its log.

export const SETTINGS = [
  'listen_addresses=127.0.0.1',
  // A socket path may not exceed 107 bytes, which a deep checkout does; the loopback port serves everybody.
  'unix_socket_directories=',
  'max_connections=100',
  'password_encryption=scram-sha-256',
  'timezone=UTC',
  'log_timezone=UTC',
  'log_destination=stderr',
  'logging_collector=off',
  // Statements, parameters and the DETAIL of an error hold names and id numbers; callers are told of their own errors.
  'log_min_messages=log',
  'log_min_error_statement=panic',
  'log_error_verbosity=terse',
  'log_statement=none',
  'log_min_duration_statement=-1',
  'log_parameter_max_length=0',
  'log_parameter_max_length_on_error=0',
  'log_checkpoints=off',
];

/** A throwaway cluster never survives its process, so it need not survive a power cut. */
const THROWAWAY = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

export function serverArguments(cluster: string, port: number, throwaway: boolean): string[] {
  const settings = [...SETTINGS, `port=${port}`, ...(throwaway ? THROWAWAY : [])];
  return ['-D', cluster, ...settings.flatMap((setting) => ['-c', setting])];
}
