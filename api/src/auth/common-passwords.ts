/**
 * Words that guessers try first, alone and with digits and marks behind them. The list is of what passwords are made
 * of, not of passwords: `Password123!` falls to `password`.
 */
const WORDS = `
password passwort passwd contrasena motdepasse senha parola admin administrator root superuser master default guest
welcome willkommen bienvenue letmein login logmein access secret geheim private changeme change newpass temp temppass
tester testing testtest sample example demo user username qwerty qwertz azerty qwertyuiop qwertyui asdfghjk asdfghjkl
asdfasdf zxcvbnm zxcvbn qazwsx qazwsxedc qweasd qweasdzxc asdzxc iloveyou ilove iloveu loveyou love lovely lover
sunshine princess prince dragon monkey tiger lion panther eagle falcon wolf horse shadow ninja samurai warrior hunter
killer soldier sniper ranger rocket flower summer winter spring autumn january february march april june july august
september october november december monday tuesday wednesday thursday friday saturday sunday football baseball
basketball hockey soccer tennis golf volleyball chelsea liverpool arsenal barcelona madrid juventus bayern yankees
cowboys lakers steelers michael jordan jennifer jessica ashley amanda nicole daniel thomas robert matthew anthony
joshua andrew charlie george jackson william richard alexander benjamin samantha michelle stephanie victoria elizabeth
starwars skywalker batman superman spiderman ironman pokemon pikachu naruto minecraft fortnite roblox mustang ferrari
porsche mercedes corvette harley yamaha honda toyota computer internet google facebook instagram twitter youtube
whatsapp linkedin microsoft windows android iphone samsung apple amazon netflix spotify cheese chocolate cookie banana
orange pepper ginger coffee pizza butter peanut cherry strawberry purple yellow silver golden diamond crystal phoenix
jesus christ heaven angel angels blessed forever family friends mother father brother sister baby babygirl babyboy
sweetheart honey darling beautiful handsome freedom liberty america england deutschland france canada london paris
berlin newyork trustno trustnoone nothing whatever somebody anything hello hallo helloworld goodbye matrix merlin
midnight mickey maggie buster bailey jasmine jordan taylor hannah thunder lightning blackberry bluesky rainbow unicorn
dolphin penguin turtle rabbit kitten puppy doggy chicken guitar music dancer player gamer hacker trustme fuckyou
asshole bullshit pussycat sexy hotgirl startrek enterprise scooby snoopy garfield simpsons butterfly superstar rockstar
nintendo playstation xbox hellokitty cutie sweety lovers lovelove mylove myself beauty flowers sparky peaches coffee
maverick gandalf voyager marlboro redskins packers eagles steelers rangers gators bulldog bulldogs wildcats tigers
montana dakota cheyenne savannah brooklyn florida texas jamaica brasil argentina mexico colombia india pakistan
valentina alejandro carlos fernando estrella tequiero teamo amigos bonjour chouchou soleil doudou marseille loulou
schatz schatzi hallohallo sonnenschein fussball schalke geheimnis fenerbahce galatasaray besiktas natasha yankee
`;

const BASES: ReadonlySet<string> = new Set(WORDS.trim().split(/\s+/));

/** Rows of keyboards and of alphabets along which lazy passwords run. */
const RUNS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '1q2w3e4r5t6y7u8i9o0p',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1qaz2wsx3edc4rfv5tgb6yhn',
  'zaq12wsxcde34rfvbgt56yhn',
  'a1b2c3d4e5f6g7h8',
  '1a2b3c4d5e6f7g8h',
];
const RUNS_BOTH_WAYS = RUNS.flatMap((run) => [run, [...run].reverse().join('')]);
const MIN_RUN = 3;

/** Whether it is runs and nothing else, as `abcd1234` is. */
function isOfRuns(text: string): boolean {
  let rest = text;
  while (rest !== '') {
    let length = rest.length;
    while (length >= MIN_RUN && !isRun(rest.slice(0, length))) length -= 1;
    if (length < MIN_RUN) return false;
    rest = rest.slice(length);
  }
  return true;
}

const isRun = (text: string) => RUNS_BOTH_WAYS.some((run) => run.includes(text));

/** Undoes what is done to a word to make it look like another: `P@ssw0rd` is `password`. */
const plain = (text: string) =>
  text
    .replace(/[@4]/g, 'a')
    .replace(/3/g, 'e')
    .replace(/[1!|]/g, 'i')
    .replace(/0/g, 'o')
    .replace(/[$5]/g, 's')
    .replace(/7/g, 't');

/** Whether this is among the first that anybody would try. */
export function isCommonPassword(password: string): boolean {
  const lower = password.normalize('NFKC').toLowerCase();
  if (new Set(lower).size <= 2) return true;
  const half = lower.slice(0, lower.length / 2);
  if (half + half === lower && half.length <= 6) return true;
  if (isOfRuns(lower)) return true;
  if (/^\d{6,8}$/.test(lower) || /^(19|20)\d{6}$/.test(lower)) return true;

  const candidates = [
    lower,
    lower.replace(/[^\p{L}]+$/u, ''),
    lower.replace(/^[^\p{L}]+/u, ''),
    lower.replace(/[^\p{L}]+/gu, ''),
  ];
  return candidates.some(
    (word) => BASES.has(word) || BASES.has(plain(word)) || BASES.has(plain(word).replace(/[^a-z]+$/, '')),
  );
}
