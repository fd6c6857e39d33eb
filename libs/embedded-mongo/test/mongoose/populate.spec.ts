import { Schema, Types } from 'mongoose';
import { beforeAll, describe, expect, it } from 'vitest';
import { connectionForFile } from './connection.js';

interface Country {
  _id: string;
  name: string;
}
interface Author {
  _id: Types.ObjectId;
  name: string;
  country: string;
  books?: Book[];
  bookCount?: number;
}
interface Book {
  _id: Types.ObjectId;
  title: string;
  year: number;
  author: Types.ObjectId;
  reviews: { by: Types.ObjectId; stars: number }[];
}

const connection = connectionForFile();
const authorSchema = new Schema<Author>(
  { name: String, country: { type: String, ref: 'Country' } },
  { toObject: { virtuals: true }, id: false },
);
authorSchema.virtual('books', {
  ref: 'Book',
  localField: '_id',
  foreignField: 'author',
  options: { sort: { year: 1 } },
});
authorSchema.virtual('bookCount', { ref: 'Book', localField: '_id', foreignField: 'author', count: true });
const Country = connection.model('Country', new Schema<Country>({ _id: String, name: String }));
const Author = connection.model('Author', authorSchema);
const Book = connection.model(
  'Book',
  new Schema<Book>({
    title: String,
    year: Number,
    author: { type: Schema.Types.ObjectId, ref: 'Author' },
    reviews: [{ _id: false, by: { type: Schema.Types.ObjectId, ref: 'Author' }, stars: Number }],
  }),
);
const Note = connection.model(
  'Note',
  new Schema({
    about: { type: Schema.Types.Mixed, refPath: 'kind', required: true },
    kind: { type: String, enum: ['Country', 'Author'], required: true },
  }),
);

const [ada, bob, cleo] = [new Types.ObjectId(), new Types.ObjectId(), new Types.ObjectId()];

beforeAll(async () => {
  await Country.insertMany([
    { _id: 'at', name: 'Austria' },
    { _id: 'ch', name: 'Switzerland' },
  ]);
  await Author.insertMany([
    { _id: ada, name: 'Ada', country: 'at' },
    { _id: bob, name: 'Bob', country: 'ch' },
    { _id: cleo, name: 'Cleo', country: 'zz' },
  ]);
  await Book.insertMany([
    { title: 'Second', year: 2002, author: ada, reviews: [{ by: bob, stars: 3 }] },
    {
      title: 'First',
      year: 2001,
      author: ada,
      reviews: [
        { by: cleo, stars: 1 },
        { by: bob, stars: 5 },
      ],
    },
    { title: 'Third', year: 2003, author: bob, reviews: [] },
    { title: 'Orphan', year: 2004, author: new Types.ObjectId(), reviews: [] },
  ]);
  await Note.insertMany([
    { about: 'ch', kind: 'Country' },
    { about: bob, kind: 'Author' },
  ]);
});

describe('populate', () => {
  it('replaces a reference with its document, and one to nothing with null', async () => {
    const books = await Book.find().sort({ year: 1 }).populate<{ author: Author | null }>('author');
    expect(books.map((book) => book.author?.name)).toEqual(['Ada', 'Ada', 'Bob', undefined]);
    expect(books[3]?.author).toBeNull();
  });

  it('follows references of references', async () => {
    const book = await Book.findOne({ title: 'First' })
      .populate({ path: 'author', populate: { path: 'country', select: 'name' } })
      .populate({ path: 'reviews.by', populate: { path: 'country' } })
      .lean()
      .orFail();
    expect(book).toMatchObject({
      author: { _id: ada, name: 'Ada', country: { _id: 'at', name: 'Austria' } },
      reviews: [
        { by: { name: 'Cleo', country: null }, stars: 1 },
        { by: { name: 'Bob', country: { name: 'Switzerland' } }, stars: 5 },
      ],
    });
  });

  it('selects fields and leaves out what does not match', async () => {
    const books = await Book.find({ year: { $lte: 2003 } })
      .sort({ year: 1 })
      .populate({ path: 'author', match: { name: { $ne: 'Ada' } }, select: 'name -_id' })
      .lean();
    expect(books.map((book) => book.author)).toEqual([null, null, { name: 'Bob' }]);
  });

  it('fills a virtual from the other side, in the order of its options', async () => {
    const authors = await Author.find().sort({ name: 1 }).populate('books').populate('bookCount');
    expect(authors.map((author) => author.books?.map((book) => book.title))).toEqual([
      ['First', 'Second'],
      ['Third'],
      [],
    ]);
    expect(authors.map((author) => author.bookCount)).toEqual([2, 1, 0]);
  });

  it('goes deep through a virtual', async () => {
    const author = await Author.findById(ada)
      .populate({ path: 'books', match: { year: 2001 }, populate: { path: 'reviews.by', select: 'name' } })
      .lean()
      .orFail();
    expect(author.books).toMatchObject([
      { title: 'First', reviews: [{ by: { name: 'Cleo' } }, { by: { name: 'Bob' } }] },
    ]);
    expect(author.books).toHaveLength(1);
  });

  it('limits each document on its own with perDocumentLimit', async () => {
    const authors = await Author.find({ name: { $in: ['Ada', 'Bob'] } })
      .sort({ name: 1 })
      .populate({ path: 'books', perDocumentLimit: 1 })
      .lean();
    expect(authors.map((author) => author.books?.map((book) => book.title))).toEqual([['First'], ['Third']]);
  });

  it('takes the model from a field with refPath', async () => {
    const notes = await Note.find().sort({ kind: -1 }).populate('about').lean();
    expect(notes.map((note) => (note.about as { name: string }).name)).toEqual(['Switzerland', 'Bob']);
  });

  it('populates documents that are loaded, and depopulates them when saving', async () => {
    const book = await Book.findOne({ title: 'Third' }).orFail();
    await book.populate('author');
    expect(book.populated('author')).toEqual(bob);
    book.year = 2013;
    await book.save();
    expect(await Book.collection.findOne({ title: 'Third' })).toMatchObject({ author: bob, year: 2013 });
    book.depopulate('author');
    expect(book.author).toEqual(bob);
    await Book.updateOne({ title: 'Third' }, { year: 2003 });
  });

  it('populates what an aggregation returned', async () => {
    const groups = await Book.aggregate<{ _id: unknown; n: number }>([
      { $match: { year: { $lt: 2004 } } },
      { $group: { _id: '$author', n: { $sum: 1 } } },
      { $sort: { n: -1 } },
    ]);
    await Author.populate(groups, { path: '_id', select: 'name -_id', options: { lean: true } });
    expect(groups).toEqual([
      { _id: { name: 'Ada' }, n: 2 },
      { _id: { name: 'Bob' }, n: 1 },
    ]);
  });
});
