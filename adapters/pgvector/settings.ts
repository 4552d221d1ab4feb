/** What a launched server is given that a fresh one does not have, and why. The port is a free one. */
export const OURS = [
  { name: 'listen_addresses', value: '127.0.0.1', why: 'reached from this machine alone' },
  { name: 'unix_socket_directories', value: '', why: 'reached by TCP alone, as a remote one is' },
  { name: 'max_connections', value: '500', why: 'every sender has connections of its own' },
] as const satisfies readonly Setting[]

export interface Setting {
  readonly name: string
  readonly value: string
  readonly why: string
}

/** What a person may not set on a launched server: driftmark needs it as it is to start it, to hear it and to end it. */
export const RESERVED = [
  'port',
  'listen_addresses',
  'unix_socket_directories',
  'data_directory',
  'config_file',
  'hba_file',
  'external_pid_file',
  'logging_collector',
  'log_destination',
  'log_min_messages',
  'lc_messages',
]
