/*
 * This file is part of ttm.
 *
 * ttm is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * ttm is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with ttm; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

/** @file Word lists of the prompt rules. */

#include "prompt/words.h"

#include <stdint.h>
#include <string.h>

#include "prompt/verbs.h"

static const struct {
    unsigned word_class;
    const char *words;              ///< each between blanks
} lists[] = {
    { TTM_WORD_DETERMINER, " the a an this that these those one two three "
      "four five six seven eight nine ten dozen another some each both every "
      "its his her their my your our all many several few couple pair various "
      "other no whose " },
    { TTM_WORD_SEPARATOR, " and while whilst as then but whereas when until "
      "because so or though although whereupon yet " },
    { TTM_WORD_PLACE, " on in over under among amongst against by at near "
      "nearby behind beside besides above below across through throughout "
      "along alongside inside within beneath between upon amid amidst "
      "underneath outside with without of during like for via beyond per "
      "atop despite opposite about front next " },
    { TTM_WORD_WAY, " to towards toward into from off onto past out around "
      "round " },
    { TTM_WORD_DIRECTION, " left right up down leftward leftwards rightward "
      "rightwards upward upwards downward downwards forward forwards backward "
      "backwards back forth away around sideways diagonally off out closer "
      "nearer bigger smaller larger still apart together aside over ahead "
      "onward onwards overhead upstairs downstairs skyward uphill downhill "
      "vertically horizontally leftwise clockwise counterclockwise " },
    { TTM_WORD_ADVERB, " then again fast once twice very softly not also "
      "straight high low soon suddenly never just too quite almost always "
      "often still slow hard deep deeply together alone now only "
      "everywhere anywhere somewhere nowhere here faster slower ever already even "
      "himself herself itself themselves yourself myself " },
    { TTM_WORD_AUXILIARY, " is are was were be been being am do does did has "
      "have had will would can could may might must should shall starts start "
      "started begins begin began keeps keep kept continues continue continued "
      "tries " },
    { TTM_WORD_PRONOUN, " it they he she both who which that each " },
    { TTM_WORD_RELATIVE, " who which that whose whom " },
    { TTM_WORD_STYLE, " cinematic masterpiece photorealistic photo-realistic "
      "film realistic hyperrealistic hyper-realistic realism detailed hd uhd fhd 4k "
      "8k 2k hdr 1080p 720p 60fps fps bokeh quality resolution lighting "
      "render rendering rendered octane unreal artstation aesthetic "
      "grain footage video clip shot photo photograph picture "
      "image close-up closeup portrait painting sketch drawing "
      "illustration artwork cinemagraph gif art concept watercolor watercolour zoom "
      "zooms pan pans dolly camera cameras lens "
      "perspective angle scene scenery style stylized animation anime pixar "
      "disney depth exposure slow-motion timelapse time-lapse "
      "hyperlapse loop looping seamless motion movement movements atmosphere "
      "mood background foreground composition wallpaper studio award-winning "
      "vibe vibes tones palette contrast saturation sharp sharpness focus "
      "blur stunning gorgeous breathtaking epic ambience ambiance viewpoint "
      "pov aerial panorama panoramic handheld steadycam view frame "
      "screen expression pose gesture fashion manner pace speed rhythm music "
      "shadow shadows sound effect effects details texture "
      "textures colours colors hour " },
    { TTM_WORD_SCENERY, " wave waves water river brook sea ocean lake stream waterfall "
      "waterfalls clouds sky smoke fog mist steam fire flames flame bonfire "
      "campfire fireplace lava rain snow snowflakes raindrops wind grass "
      "foliage reeds wheat sand dust sparks embers fireworks lightning aurora "
      "surf tide rapids bubbles petals leaves fountain blizzard storm haze "
      "reflections reflection ripples vapor vapour candlelight "
      "meadow forest trees branches confetti ash "
      "ashes mud foam spray " },
    { TTM_WORD_BODY, " head heads arm arms hand hands leg legs paw paws tail "
      "tails wing wings ear ears eye eyes mouth lips lip hair foot feet "
      "finger fingers fin fins tongue neck hips hip shoulder shoulders "
      "knee knees beak jaw jaws claw claws hoof hooves antenna antennae "
      "tentacle tentacles mane fur whiskers nose snout chest body torso "
      "waist elbow elbows toes fist fists thumb brow eyebrows eyebrow feathers "
      "fringe beard cheek cheeks chin eyelid eyelids ponytail braid braids pigtails moustache "
      "sleeve sleeves skirt scarf cape dress flippers horns face gaze limbs "
      "muscles " },
};

static const struct {
    const char *word;
    unsigned char rgb[3];
} colours[] = {
    { "red", { 210, 35, 30 } },      { "orange", { 240, 130, 25 } },
    { "yellow", { 240, 215, 40 } },  { "green", { 45, 150, 55 } },
    { "blue", { 35, 80, 205 } },     { "purple", { 125, 50, 170 } },
    { "violet", { 125, 50, 170 } },  { "pink", { 245, 140, 185 } },
    { "brown", { 115, 70, 35 } },    { "white", { 240, 240, 238 } },
    { "black", { 22, 22, 25 } },     { "grey", { 128, 128, 128 } },
    { "gray", { 128, 128, 128 } },   { "cyan", { 40, 200, 215 } },
    { "turquoise", { 50, 190, 180 } }, { "teal", { 0, 128, 128 } },
    { "magenta", { 215, 40, 170 } }, { "golden", { 215, 165, 40 } },
    { "gold", { 215, 165, 40 } },    { "silver", { 190, 190, 195 } },
    { "beige", { 225, 205, 170 } },  { "maroon", { 120, 20, 35 } },
    { "navy", { 20, 30, 100 } },     { "crimson", { 190, 20, 50 } },
};

static const struct {
    const char *word;
    int x, y;
} positions[] = {
    { "left", -1, 0 }, { "leftmost", -1, 0 }, { "right", 1, 0 },
    { "rightmost", 1, 0 }, { "top", 0, -1 }, { "upper", 0, -1 },
    { "highest", 0, -1 }, { "bottom", 0, 1 }, { "lower", 0, 1 },
    { "lowest", 0, 1 }, { "middle", 0, 0 }, { "center", 0, 0 },
    { "centre", 0, 0 }, { "central", 0, 0 },
};

static const char big_words[] =
    " big large huge giant tall great enormous biggest largest massive ";
static const char small_words[] =
    " small little tiny short mini smaller smallest miniature ";

/* They stand before a noun, as sizes do. */
static const char adjectives[] =
    " old young new elder older younger taller shorter longer elderly ancient modern vintage "
    "antique retro futuristic medieval wet cold dark bright pale raw ripe rotten clean dirty "
    "dusty rusty shiny glossy wooden metallic woolen fluffy furry hairy bald bearded happy "
    "sad angry grumpy cheerful sleepy hungry thirsty brave proud noble royal cute adorable "
    "beautiful pretty handsome ugly elegant graceful majestic mighty powerful strong weak "
    "fierce ferocious gentle noisy lonely lone friendly curious playful mischievous clumsy "
    "nimble agile slim thin slender skinny chubby plump crooked colourful colorful thick wide "
    "deep shallow steep smooth stiff sticky slippery snowy icy sunny rainy windy stormy foggy "
    "misty crowded lazy exotic tropical magical mystical enchanted haunted ghostly spooky "
    "scary creepy solar northern southern eastern western abandoned heavy empty sleek shabby "
    "ragged ornate delicate massive muscular feathered winged ";

static int in_list(const char *list, const char *word)
{
    return ttm_word_in(list, word, strlen(word));
}

static const char no_adverbs[] =
    " butterfly dragonfly firefly family jelly belly lily bully ally assembly orderly gully "
    "filly collie dolly rally tally lolly billy willy nelly molly polly sally grizzly teddy- "
    "bear homily panoply ugly friendly lovely lonely elderly curly woolly wooly holly trolley "
    "doily anomaly monopoly melancholy silly hilly chilly bubbly cuddly wobbly wrinkly burly "
    "surly lively deadly ghostly beastly portly stately homely costly cowardly fatherly "
    "motherly heavenly knightly manly scholarly sickly smelly sprightly squiggly bristly "
    "prickly gangly wriggly sly ";

unsigned ttm_word_class(const char *word)
{
    size_t length = strlen(word);
    unsigned result = 0;
    unsigned char rgb[3];
    TTMVerb verb;
    int x, y;

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        if (in_list(lists[i].words, word))
            result |= lists[i].word_class;
    if (*word >= '0' && *word <= '9')
        result |= TTM_WORD_DETERMINER;
    if (ttm_word_colour(word, rgb))
        result |= TTM_WORD_COLOUR;
    if (ttm_word_size(word) || in_list(adjectives, word) ||
        (strchr(word, '-') && ttm_word_ends(word, "ed")))   /* "snow-covered" */
        result |= TTM_WORD_SIZE;
    if (ttm_word_position(word, &x, &y))
        result |= TTM_WORD_POSITION;
    if (ttm_verb_find(&verb, word))
        result |= verb.form == TTM_FORM_BASE ? TTM_WORD_VERB : TTM_WORD_VERB_FORM;
    if (!result && ttm_word_ends(word, "ly") && !ttm_word_ends(word, "fly") &&
        !in_list(no_adverbs, word))
        result |= TTM_WORD_ADVERB;
    if (!result && length > 3 &&
        ((ttm_word_ends(word, "s") && !ttm_word_ends(word, "ss") &&
          !ttm_word_ends(word, "us") && !ttm_word_ends(word, "'s")) ||
         (length > 5 && (ttm_word_ends(word, "ing") ||
                         ttm_word_ends(word, "ed")))))
        result |= TTM_WORD_LIKE_VERB;
    return result;
}

int ttm_word_unmarked(const char *word)
{
    return in_list(" fish sheep deer shrimp salmon trout carp tuna moose bison elk aircraft "
                   "spacecraft wildebeest krill buffalo reindeer ", word);
}

int ttm_word_plural(const char *word)
{
    static const char irregular[] =
        " people men women children geese mice feet leaves dice oxen cattle passers-by runners-up ";
    static const char singular[] =
        " mars venus lens canvas atlas gas bus christmas cosmos rhinoceros thermos species series "
        "news chaos hercules james texas pancreas biceps triceps minibus trolleybus paris pampas ";
    const size_t length = strlen(word);

    if (in_list(singular, word))
        return 0;

    if (in_list(irregular, word) || ttm_word_unmarked(word) || ttm_word_ends(word, "children") ||
        ((ttm_word_ends(word, "men") || ttm_word_ends(word, "people")) && length > 5 &&
         !in_list(" specimen abdomen acumen regimen stamen ", word)))
        return 1;
    return ttm_word_ends(word, "s") && !ttm_word_ends(word, "ss") &&
           !ttm_word_ends(word, "us") && !ttm_word_ends(word, "is") &&
           !ttm_word_ends(word, "'s");
}

int ttm_word_person(const char *word)
{
    static const char persons[] =
        " man woman boy girl child person lady gentleman guy kid toddler baby player worker chef "
        "cook astronaut dancer singer rider runner farmer fisherman soldier sailor teacher waiter "
        "painter king queen prince princess knight wizard witch clown monk nun priest pope bride "
        "groom judge nurse doctor surgeon vet pilot captain guard thief spy ninja samurai pirate "
        "cowboy mime magician conjurer juggler acrobat gymnast skater skier surfer diver swimmer "
        "climber hiker jogger cyclist biker driver baker butcher barber tailor carpenter plumber "
        "mason smith miner potter weaver builder welder mechanic engineer scientist inventor "
        "gardener beekeeper shepherd hunter archer fencer boxer wrestler goalkeeper referee umpire "
        "coach drummer conductor composer writer poet reporter photographer actor actress model "
        "student pupil professor librarian lawyer clerk cashier porter butler maid barista "
        "bartender blacksmith shoemaker cobbler grandmother grandfather grandma grandpa mother "
        "father mom dad mum daughter son brother sister uncle aunt cousin friend neighbour tourist "
        "visitor customer passenger pedestrian hermit jester duke duchess emperor empress sheriff "
        "mailman postman milkman ";
    const size_t length = strlen(word);

    return in_list(persons, word) ||
           (length > 5 && (ttm_word_ends(word, "woman") || ttm_word_ends(word, "sman") ||
                           ttm_word_ends(word, "keeper") || ttm_word_ends(word, "maker") ||
                           ttm_word_ends(word, "player") || ttm_word_ends(word, "ist") ||
                           ttm_word_ends(word, "ician")));
}

static void put(char *to, size_t size, const char *word, size_t length,
                const char *ending)
{
    size_t n = strlen(ending);

    if (length + n >= size)
        length = size - 1 - n;
    memmove(to, word, length);
    strcpy(to + length, ending);
}

void ttm_word_singular(const char *word, char *singular, size_t size)
{
    static const char *const irregular[][2] = {
        { "people", "person" }, { "men", "man" }, { "women", "woman" },
        { "children", "child" }, { "geese", "goose" }, { "mice", "mouse" },
        { "feet", "foot" }, { "dice", "die" }, { "oxen", "ox" },
        { "leaves", "leaf" }, { "wolves", "wolf" },
        { "calves", "calf" }, { "knives", "knife" }, { "buses", "bus" },
        { "firemen", "fireman" }, { "horses", "horse" }, { "shoes", "shoe" },
    };
    size_t length = strlen(word);

    for (size_t i = 0; i < sizeof(irregular) / sizeof(irregular[0]); i++)
        if (!strcmp(irregular[i][0], word)) {
            put(singular, size, irregular[i][1], strlen(irregular[i][1]), "");
            return;
        }
    if (length > 5 && ttm_word_ends(word, "men") && ttm_word_plural(word))
        put(singular, size, word, length - 3, "man");
    else if (ttm_word_ends(word, "children"))
        put(singular, size, word, length - 3, "");
    else if (!ttm_word_plural(word) || !ttm_word_ends(word, "s"))
        put(singular, size, word, length, "");
    else if (length > 4 && ttm_word_ends(word, "ies"))
        put(singular, size, word, length - 3, "y");
    else if (ttm_word_ends(word, "xes") || ttm_word_ends(word, "ches") ||
             ttm_word_ends(word, "shes") || ttm_word_ends(word, "sses"))
        put(singular, size, word, length - 2, "");
    else
        put(singular, size, word, length - 1, "");
}

void ttm_word_past(const char *word, char *past, size_t size)
{
    static const char *const irregular[][2] = {
        { "throws", "thrown" }, { "drives", "driven" }, { "rides", "ridden" },
        { "shakes", "shaken" }, { "spins", "spun" }, { "swings", "swung" },
        { "flies", "flown" }, { "blows", "blown" }, { "leads", "led" },
        { "flings", "flung" }, { "sweeps", "swept" }, { "slings", "slung" },
        { "hits", "hit" },
    };
    size_t length = strlen(word);

    for (size_t i = 0; i < sizeof(irregular) / sizeof(irregular[0]); i++) {
        size_t base = strlen(irregular[i][0]) - 1;

        /* the third person, the base form or the one in -ing */
        if (!strcmp(irregular[i][0], word) ||
            (!strncmp(irregular[i][0], word, base) &&
             (length == base || !strcmp(word + base, "ing")))) {
            put(past, size, irregular[i][1], strlen(irregular[i][1]), "");
            return;
        }
    }
    if (ttm_word_ends(word, "ing"))
        length -= 3;
    else if (ttm_word_ends(word, "ches") || ttm_word_ends(word, "shes") ||
             ttm_word_ends(word, "sses"))
        length -= 2;
    else if (ttm_word_ends(word, "s") && !ttm_word_ends(word, "ss"))
        length--;
    if (word[length - 1] == 'e')
        put(past, size, word, length, "d");
    else if (word[length - 1] == 'y' && !strchr("aeiou", word[length - 2]))
        put(past, size, word, length - 1, "ied");
    else if (length > 2 && strchr("pgt", word[length - 1]) &&
             strchr("aiou", word[length - 2]) && !strchr("aeiou", word[length - 3])) {
        char twice[3] = { word[length - 1], 0 };

        put(past, size, word, length, twice);
        put(past, size, past, length + 1, "ed");
    } else {
        put(past, size, word, length, "ed");
    }
}

int ttm_word_third_person(const char *word, char *form, size_t size)
{
    static const char *const irregular[][2] = {
        { "are", "is" }, { "were", "was" }, { "have", "has" },
    };
    static const char regular_auxiliaries[] = " do start begin keep continue ";
    const size_t length = strlen(word);
    const char *ending = "s";
    size_t stem = length;
    TTMVerb verb;

    for (size_t i = 0; i < sizeof(irregular) / sizeof(irregular[0]); i++)
        if (!strcmp(irregular[i][0], word) && strlen(irregular[i][1]) < size) {
            strcpy(form, irregular[i][1]);
            return 1;
        }
    if (!(ttm_verb_find(&verb, word) && verb.form == TTM_FORM_BASE) &&
        !in_list(regular_auxiliaries, word))
        return 0;
    if (ttm_word_ends(word, "y") && length > 1 &&
        !strchr("aeiou", word[length - 2])) {
        ending = "ies";
        stem--;
    } else if (strchr("sxzo", word[length - 1]) ||
               ttm_word_ends(word, "ch") || ttm_word_ends(word, "sh")) {
        ending = "es";
    }
    if (stem + strlen(ending) + 1 > size)
        return 0;
    memmove(form, word, stem);
    strcpy(form + stem, ending);
    return 1;
}

int ttm_word_colour(const char *word, unsigned char rgb[3])
{
    for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++) {
        if (!strcmp(colours[i].word, word)) {
            memcpy(rgb, colours[i].rgb, 3);
            return 1;
        }
    }
    return 0;
}

int ttm_word_position(const char *word, int *x, int *y)
{
    for (size_t i = 0; i < sizeof(positions) / sizeof(positions[0]); i++) {
        if (!strcmp(positions[i].word, word)) {
            *x = positions[i].x;
            *y = positions[i].y;
            return 1;
        }
    }
    return 0;
}

int ttm_word_size(const char *word)
{
    return in_list(big_words, word) - in_list(small_words, word);
}
