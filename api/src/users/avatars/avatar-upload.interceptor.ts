import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  PayloadTooLargeException,
  UseInterceptors,
} from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { AVATAR_UPLOAD } from '@parlance/contracts';
import multer, { MulterError } from 'multer';
import { catchError, type Observable, throwError } from 'rxjs';
import { DomainError, PayloadTooLarge, ValidationFailed } from '../../core/errors/index.js';

/** Tells what Multer refuses as a fault of the field `file`. */
@Injectable()
class UploadFaults implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError((error: unknown) => throwError(() => uploadFault(error))));
  }
}

function uploadFault(error: unknown): unknown {
  if (!(error instanceof Error) || !(error.cause instanceof MulterError)) return error;
  if (error instanceof PayloadTooLargeException) {
    return new DomainError(PayloadTooLarge, {
      errors: [{ path: 'file', rule: 'max-size', message: 'This picture is too large. Use at most 2 MiB.' }],
    });
  }
  return new DomainError(ValidationFailed, {
    errors: [{ path: 'file', rule: 'one-file', message: 'Send one picture in the field file, and nothing else.' }],
  });
}

/** Takes one picture from a multipart body into memory; other bodies pass untouched. */
export function AvatarUpload(): MethodDecorator {
  return applyDecorators(
    UseInterceptors(
      UploadFaults,
      FileInterceptor('file', {
        storage: multer.memoryStorage(),
        limits: { files: 1, fields: 0, parts: 1, fileSize: AVATAR_UPLOAD.maxBytes },
      }),
    ),
  );
}
