import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { DomainError } from '../../core/errors/index.js';
import { reencodePicture } from './picture-codec.js';

const RED = { r: 220, g: 20, b: 20 };
const BLUE = { r: 20, g: 20, b: 220 };

const plain = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: RED } });

/** Left half red, right half blue. */
async function twoHalves(width: number, height: number) {
  const right = await sharp({ create: { width: width / 2, height, channels: 3, background: BLUE } })
    .png()
    .toBuffer();
  return plain(width, height).composite([{ input: right, left: width / 2, top: 0 }]);
}

async function refusal(file: Buffer): Promise<{ code: string; rule: string | undefined; path: string | undefined }> {
  const error: unknown = await reencodePicture(file).catch((reason: unknown) => reason);
  if (!(error instanceof DomainError)) throw new Error('The file was not refused as a fault of its sender.');
  const [fault] = error.details.errors ?? [];
  return { code: error.type.code, rule: fault?.rule, path: fault?.path };
}

describe('reencodePicture', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('makes a WebP of 256 by 256 pixels from a %s', async (format) => {
    const file = await plain(640, 400).toFormat(format).toBuffer();
    expect(await sharp(await reencodePicture(file)).metadata()).toMatchObject({
      format: 'webp',
      width: 256,
      height: 256,
    });
  });

  it('leaves no metadata', async () => {
    const file = await plain(300, 300)
      .withExif({ IFD0: { Copyright: 'secret-owner' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">secret-place</x:xmpmeta>')
      .jpeg()
      .toBuffer();
    expect(file.includes('secret-owner')).toBe(true);
    const picture = await reencodePicture(file);
    const { exif, xmp, icc, iptc } = await sharp(picture).metadata();
    expect({ exif, xmp, icc, iptc }).toEqual({ exif: undefined, xmp: undefined, icc: undefined, iptc: undefined });
    expect(picture.includes('secret')).toBe(false);
  });

  it('turns the picture upright as its metadata had it', async () => {
    const sideways = await (await twoHalves(400, 400)).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { data } = await sharp(await reencodePicture(sideways))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) => [...data.subarray((y * 256 + x) * 3, (y * 256 + x) * 3 + 3)];
    const [red, , blue] = at(128, 20);
    const [redBelow, , blueBelow] = at(128, 236);
    expect(red).toBeGreaterThan(blue ?? 0);
    expect(blueBelow).toBeGreaterThan(redBelow ?? 0);
  });

  it('drops what hides behind the pixels of a polyglot', async () => {
    const file = Buffer.concat([
      await plain(300, 300).jpeg().toBuffer(),
      Buffer.from('<script>alert(1)</script>PK\x03\x04'),
    ]);
    expect((await reencodePicture(file)).includes('<script>')).toBe(false);
  });

  it.each([
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ['an SVG with a declaration', Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['a PDF', Buffer.from('%PDF-1.7\n')],
    ['a page', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['a RIFF file that is no WebP', Buffer.from('RIFF\x24\x00\x00\x00WAVEfmt ')],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s by its first bytes', async (_, file) => {
    expect(await refusal(file)).toEqual({ code: 'unsupported-media-type', rule: 'media-type', path: 'file' });
  });

  it('refuses a GIF', async () => {
    const file = Buffer.from('R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');
    expect(await refusal(file)).toMatchObject({ rule: 'media-type' });
  });

  it('cannot be led to another loader, even past the first bytes', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    await expect(sharp(svg).metadata()).rejects.toThrow();
  });

  it('refuses more than 24 million pixels before it unpacks them', async () => {
    const bomb = await plain(6_000, 5_000).png({ compressionLevel: 9 }).toBuffer();
    expect(bomb.length).toBeLessThan(2 * 1024 * 1024);
    expect(await refusal(bomb)).toEqual({ code: 'validation-failed', rule: 'max-pixels', path: 'file' });
  });

  it.each(['jpeg', 'png', 'webp'] as const)('refuses a %s that was cut off', async (format) => {
    const file = await (await twoHalves(600, 600)).toFormat(format).toBuffer();
    expect(await refusal(file.subarray(0, Math.floor(file.length / 2)))).toMatchObject({ rule: 'picture' });
  });

  it('refuses noise behind the right first bytes', async () => {
    const file = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(500, 'noise')]);
    expect(await refusal(file)).toMatchObject({ code: 'validation-failed', rule: 'picture' });
  });
});
