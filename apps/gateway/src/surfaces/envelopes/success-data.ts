import type { Envelope } from './envelope';

/** S1 and S4: `{success, data[, pagination]}` and `{success, error}`. */
export const successDataEnvelope: Envelope = {
  success: (data) => ({ success: true, data }),
  page: ({ items, total, page, size }) => ({
    success: true,
    data: items,
    pagination: { page, pageSize: size, total, totalPages: Math.ceil(total / size) },
  }),
  failure: ({ code, message, fields, details, retryAfter }) => ({
    success: false,
    error: {
      code,
      message,
      ...(fields.length > 0 ? { details: fields } : details && { details }),
      ...(retryAfter !== undefined && { retryAfter }),
    },
  }),
};
