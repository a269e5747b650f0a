/** The vocabulary products, customers and reviews are made of. */

/** Each category is searched for by its first noun. */
export const categories: readonly {
  readonly name: string;
  readonly nouns: readonly [string, string, string, string];
}[] = [
  { name: 'Lighting', nouns: ['Lamp', 'Pendant', 'Lantern', 'Sconce'] },
  { name: 'Seating', nouns: ['Chair', 'Stool', 'Bench', 'Armchair'] },
  { name: 'Tables', nouns: ['Desk', 'Side Table', 'Dining Table', 'Console'] },
  { name: 'Storage', nouns: ['Shelf', 'Cabinet', 'Basket', 'Sideboard'] },
  { name: 'Kitchen', nouns: ['Kettle', 'Board', 'Pan', 'Grinder'] },
  { name: 'Tableware', nouns: ['Bowl', 'Mug', 'Plate', 'Carafe'] },
  { name: 'Textiles', nouns: ['Blanket', 'Cushion', 'Rug', 'Throw'] },
  { name: 'Bath', nouns: ['Towel', 'Bath Mat', 'Soap Dish', 'Mirror'] },
  { name: 'Garden', nouns: ['Planter', 'Watering Can', 'Trellis', 'Fire Bowl'] },
  { name: 'Office', nouns: ['Organiser', 'Notebook', 'Pen Tray', 'Bookend'] },
  { name: 'Decoration', nouns: ['Vase', 'Candle Holder', 'Picture Frame', 'Clock'] },
  { name: 'Bedroom', nouns: ['Bed Frame', 'Nightstand', 'Duvet', 'Wardrobe'] },
];

export const materials: readonly string[] = [
  'Oak',
  'Walnut',
  'Birch',
  'Ash',
  'Bamboo',
  'Cork',
  'Linen',
  'Wool',
  'Brass',
  'Steel',
  'Copper',
  'Marble',
  'Glass',
  'Ceramic',
  'Leather',
  'Rattan',
];

export const styles: readonly string[] = [
  'Nordic',
  'Rustic',
  'Modern',
  'Classic',
  'Coastal',
  'Compact',
  'Folding',
  'Handmade',
  'Vintage',
  'Minimal',
  'Woven',
  'Slim',
  'Tall',
  'Round',
];

export const colours: readonly string[] = [
  'sand',
  'moss',
  'slate',
  'ivory',
  'rust',
  'ink',
  'clay',
  'sage',
  'ochre',
  'charcoal',
];

export const moods: readonly string[] = [
  'quiet',
  'sturdy',
  'light',
  'warm',
  'bold',
  'plain',
  'soft',
  'bright',
  'natural',
  'small-space',
  'outdoor',
  'gift',
  'family',
  'travel',
  'studio',
  'seasonal',
];

export const sentences: readonly string[] = [
  'Made to be repaired rather than replaced, with every part available on its own.',
  'The finish is applied in three thin coats and sanded by hand between them.',
  'It arrives flat, fits through narrow doors and takes ten minutes to put together.',
  'Offcuts from the workshop become smaller pieces, so very little is thrown away.',
  'Wipe it with a damp cloth; oil it once a year and it will outlive the warranty.',
  'The proportions follow an older piece that has been in daily use for decades.',
  'Packed in paper and cardboard only, and carried to your door by our own drivers.',
  'Small variations in colour and grain are not faults but the mark of the material.',
  'Tested for a hundred thousand cycles in the laboratory and a few years in our homes.',
  'Pairs well with the rest of the series, and just as well with what you already own.',
  'The edges are rounded where hands and shins meet them, and crisp where light does.',
  'If it does not suit you, send it back within sixty days; we pay for the return.',
];

export const opinions: readonly string[] = [
  'Exactly as described and well packed.',
  'Smaller than I had imagined, but lovely.',
  'We bought a second one a month later.',
  'The colour is a little darker than in the pictures.',
  'Sturdy, simple, and it looks more expensive than it was.',
  'Delivery took a while; worth the wait.',
  'One screw was missing and support sent it the next day.',
  'My partner was sceptical and now wants one for the office.',
  'Good value, though the instructions could be clearer.',
  'It has survived two moves and a toddler.',
];

export const firstNames: readonly string[] = [
  'Ada',
  'Ben',
  'Chiara',
  'David',
  'Elif',
  'Farid',
  'Greta',
  'Hugo',
  'Ines',
  'Jonas',
  'Kaya',
  'Liam',
  'Mira',
  'Noor',
  'Olga',
  'Pavel',
  'Quinn',
  'Rosa',
  'Sven',
  'Tariq',
];

export const lastNames: readonly string[] = [
  'Almeida',
  'Berger',
  'Costa',
  'Dubois',
  'Eriksen',
  'Fischer',
  'Garcia',
  'Haddad',
  'Ivanova',
  'Jansen',
  'Kowalski',
  'Lindqvist',
  'Moreau',
  'Novak',
  "O'Brien",
  'Petrov',
  'Rossi',
  'Schmidt',
  'Tanaka',
  'Weber',
];

export const streets: readonly string[] = [
  'Harbour Street',
  'Mill Lane',
  'Station Road',
  'Linden Avenue',
  'Market Square',
  'Orchard Way',
  'Bridge Street',
  'Hill Road',
];

export const cities: readonly string[] = [
  'Lisbon',
  'Porto',
  'Lyon',
  'Ghent',
  'Utrecht',
  'Bremen',
  'Aarhus',
  'Malmö',
  'Tampere',
  'Gdańsk',
  'Brno',
  'Graz',
  'Turin',
  'Valencia',
  'Galway',
  'Leeds',
];
