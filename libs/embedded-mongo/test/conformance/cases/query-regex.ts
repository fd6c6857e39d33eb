import { regex, type Case, type Doc } from '../case.js';
import { finds, MISSING, refuses } from '../query-shapes.js';

/** Which of these texts a pattern finds. */
const matches = (name: string, texts: readonly unknown[], condition: Doc, ids: readonly number[]): Case =>
  finds(name, 'regex/', texts, { v: condition }, ids);

/** Statements on regular expressions. */
export const cases: readonly Case[] = [
  matches(
    'x passes over comments up to the end of their line',
    ['abc', 'ab c', 'ab'],
    { $regex: 'a b # the first two\n c', $options: 'x' },
    [1],
  ),
  matches('x keeps escaped white space', ['a b', 'ab'], { $regex: 'a\\ b', $options: 'x' }, [1]),
  matches('x keeps white space in a class', ['a b', 'ab'], { $regex: 'a[ ]b', $options: 'x' }, [1]),
  matches('options may be combined', ['x\nAB', 'ab', 'b'], { $regex: '^ a b', $options: 'imx' }, [1, 2]),
  matches('u changes nothing', ['é', 'e'], { $regex: 'é', $options: 'u' }, [1]),
  finds('the options of a regular expression value count', 'regex/', ['a\nb', 'axb'], { v: regex('a.b', 's') }, [1, 2]),
  finds('a regular expression value may have x', 'regex/', ['ab', 'a b'], { v: regex('a b', 'x') }, [1]),
  matches('$regex takes a regular expression with $options', ['AB', 'ab'], { $regex: /ab/, $options: 'i' }, [1, 2]),
  matches('without s a dot is no new line', ['a\nb', 'a\rb'], { $regex: 'a.b' }, [2]),
  matches('a dot is one character of any length in bytes', ['a😀b', 'aéb', 'aéeb'], { $regex: '^a.b$' }, [1, 2]),
  matches('without m the anchors stand at the ends of the text', ['a\nb', 'b'], { $regex: '^b' }, [2]),
  matches('with m the end of each line counts', ['a\nb', 'b\na'], { $regex: 'a$', $options: 'm' }, [1, 2]),
  matches('the end stands before a last new line as well', ['a\n', 'a', 'a\nb'], { $regex: 'a$' }, [1, 2]),
  matches('a pattern may begin with its options', ['ABC', 'abc'], { $regex: '(?i)aBc' }, [1, 2]),
  matches('options may be for a part of a pattern', ['Acme', 'acme', 'ACME'], { $regex: '(?i)a(?-i)cme' }, [1, 2]),
  matches('i is for letters of other alphabets too', ['ÉTÉ', 'été'], { $regex: 'été', $options: 'i' }, [1, 2]),
  matches('names of classes are those of POSIX', ['a1', 'aa'], { $regex: '^[[:alpha:]]+$' }, [2]),
  matches('white space is that of ASCII', ['a b', 'a\u00a0b'], { $regex: 'a\\sb' }, [1]),
  matches('a text may be quoted in a pattern', ['1+1', '11'], { $regex: '^\\Q1+1\\E$' }, [1]),
  matches('\\A and \\z are the ends of the text with m too', ['a\nb', 'b'], { $regex: '\\Ab\\z', $options: 'm' }, [2]),
  matches('a pattern may look ahead and back', ['price 10', '10'], { $regex: '(?<=price )\\d+(?=$)' }, [1]),
  matches('a group may be referred to', ['abab', 'abba'], { $regex: '^(ab)\\1$' }, [1]),
  matches('an empty pattern finds every text', ['', 'a', 1, null], { $regex: '' }, [1, 2]),
  finds(
    'a regular expression finds texts and those that are the same',
    'eq/#regex-match-behavior',
    ['company', regex('com'), regex('com', 'i')],
    { v: regex('com') },
    [1, 2],
  ),
  finds(
    '$eq with a regular expression finds only those that are the same',
    'eq/#regex-match-behavior',
    ['company', regex('com'), regex('com', 'i')],
    { v: { $eq: regex('com') } },
    [2],
  ),
  finds('$in mixes texts and patterns', 'in/', ['ab', 'x', 'y', 5], { v: { $in: [/^a/, 'x', 5] } }, [1, 2, 4]),
  finds('$nin leaves out what a pattern finds', 'nin/', ['ab', 'x', MISSING], { v: { $nin: [/^a/] } }, [2, 3]),
  finds('$not takes $regex', 'not/', ['ab', 'x', MISSING], { v: { $not: { $regex: '^A', $options: 'i' } } }, [2, 3]),
  finds(
    '$regex stands beside other operators',
    'regex/',
    ['ab', 'ac', 'b'],
    { v: { $regex: '^a', $nin: ['ab'] } },
    [2],
  ),
  finds('$elemMatch takes $regex', 'elemMatch/', [['ab'], ['b'], 'ab'], { v: { $elemMatch: { $regex: '^a' } } }, [1]),
  finds('$all takes patterns', 'all/', [['ab', 'cd'], ['ab']], { v: { $all: [/^a/, /^c/] } }, [1]),
  refuses('a broken regular expression value is refused', 'regex/', { v: regex('[') }, 51091, ['egular expression']),
  refuses('a quantifier of nothing is refused', 'regex/', { v: { $regex: '*a' } }, 51091, ['egular expression']),
  refuses('an unknown option is refused', 'regex/', { v: { $regex: 'a', $options: 'g' } }, 51108, ['g']),
  refuses('options in two places are refused', 'regex/', { v: { $regex: regex('a', 'i'), $options: 'm' } }, 51075, [
    '$options',
  ]),
  refuses('$regex needs a pattern', 'regex/', { v: { $regex: 5 } }, 2, ['$regex']),
  refuses('$options needs a text', 'regex/', { v: { $regex: 'a', $options: 5 } }, 2, ['$options']),
  refuses('$options needs $regex', 'regex/', { v: { $options: 'i' } }, 2, ['$options']),
  refuses('$ne takes no regular expression', 'ne/', { v: { $ne: /a/ } }, 2, ['$ne']),
  refuses('$gt takes no regular expression', 'gt/', { v: { $gt: /a/ } }, 2, []),
  refuses('$in takes no operators', 'in/', { v: { $in: [{ $gt: 1 }] } }, 2, ['$in']),
];
