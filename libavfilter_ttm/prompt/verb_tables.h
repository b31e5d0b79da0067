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


/**
 * @file
 * Verbs by what they of an object's path. Our own lists; checked against
 * a lexical database for verbs that are missing.
 */

#ifndef TTM_PROMPT_VERB_TABLES_H
#define TTM_PROMPT_VERB_TABLES_H

#include "prompt/verbs.h"

#define KNOWN TTM_VERB_KNOWN
#define OTHER TTM_VERB_MOVES_OTHER
#define BOTH  TTM_VERB_MOVES_BOTH
#define FIXED TTM_VERB_FIXED
#define STATE TTM_VERB_DESCRIBES

/* Base forms, each between blanks. */
static const struct {
    enum TTMMotion motion;
    int pace;                       /* -1 slow, 1 fast */
    unsigned flags;
    const char *verbs;
} verb_rows[] = {
    /* Paths: they go where the sentence says. */
    { TTM_MOTION_GO, 0, KNOWN | OTHER,
      " move " },
    { TTM_MOTION_GO, 0, KNOWN,
      " go slide drift glide travel run head come " },
    { TTM_MOTION_GO, 0, KNOWN | OTHER,
      " fly " },
    { TTM_MOTION_GO, 0, 0,
      " walk march stride trek hike advance progress proceed cross swim "
      "sail cruise paddle skate ski skateboard snowboard sled surf cycle "
      "pedal taxi steam commute journey voyage migrate navigate roam "
      "wander rove stray veer swerve step tread parade strut sashay stomp "
      "tramp trudge limp waddle hobble shuffle stagger stumble lurch "
      "toddle pass shift arrive return continue swoop coast motor "
      "weave meander snake wind slither wriggle squirm worm skim "
      "skirt traverse waltz patrol venture overtake somersault cartwheel "
      "ferry slip sidle backtrack wade canter dodge grind lope jog scoot "
      "traipse plow plough career rumble chug trundle waft " },
    { TTM_MOTION_GO, 1, KNOWN | OTHER,
      " shoot " },
    { TTM_MOTION_GO, 0, 0,
      " zigzag swagger maneuver manoeuvre retrace converge trespass skitter slog windsurf kayak snorkel rollerskate rollerblade toboggan "
      "shamble pad stalk ramble prance slalom paraglide hitchhike galumph lollop scud embark disembark backpedal outrun " },
    { TTM_MOTION_GO, -1, 0,
      " straggle lag skulk " },
    { TTM_MOTION_GO, 0, 0,
      " trot pace " },
    { TTM_MOTION_GO, -1, 0,
      " stroll amble saunter creep crawl inch tiptoe plod mosey sneak "
      "prowl slink dawdle edge trickle seep ooze slow "
      "decelerate lumber " },
    { TTM_MOTION_GO, 1, 0,
      " race sprint dash zoom rush bolt gallop dart scurry scamper scuttle "
      "speed accelerate hurry hurtle charge streak whiz whizz zip tear "
      "stampede hasten hustle flee escape bound barrel rocket jet "
      "careen whoosh flit hightail skedaddle " },
    { TTM_MOTION_GO, 0, BOTH,
      " row push pull drag tow haul shove ride drive pilot lug wheel cart tug "
      "lead guide escort shepherd herd steer " },
    { TTM_MOTION_GO, 0, 0,
      " carry bring deliver transport " },
    { TTM_MOTION_GO, 1, OTHER,
      " throw kick toss hurl fling pitch propel bat punt chuck lob sling "
      "catapult flick blow sweep " },
    { TTM_MOTION_UP, 0, KNOWN,
      " rise climb ascend soar " },
    { TTM_MOTION_UP, 0, OTHER,
      " raise hoist elevate uplift scale levitate surface emerge sprout " },
    { TTM_MOTION_UP, 0, KNOWN | OTHER,
      " lift " },
    { TTM_MOTION_DOWN, 0, KNOWN,
      " sink descend " },
    { TTM_MOTION_DOWN, 0, KNOWN | OTHER,
      " lower " },
    { TTM_MOTION_UP, 0, 0,
      " clamber " },
    { TTM_MOTION_DOWN, 0, 0,
      " submerge settle alight set land " },
    { TTM_MOTION_LIFT_OFF, 0, KNOWN | OTHER,
      " blast launch " },
    { TTM_MOTION_FALL, 0, KNOWN,
      " fall plunge " },
    { TTM_MOTION_FALL, 0, KNOWN | OTHER,
      " drop " },
    { TTM_MOTION_FALL, 0, 0,
      " plummet dive crash collapse topple skydive nosedive " },
    { TTM_MOTION_JUMP, 0, KNOWN,
      " jump hop leap " },
    { TTM_MOTION_FALL, 0, 0,
      " overturn capsize keel faint swoon trip " },
    { TTM_MOTION_JUMP, 0, 0,
      " spring vault pounce skip hurdle caper cavort " },
    { TTM_MOTION_BOUNCE, 0, KNOWN | OTHER,
      " bounce " },
    { TTM_MOTION_BOUNCE, 0, OTHER,
      " dribble rebound ricochet " },
    { TTM_MOTION_GROW, 0, KNOWN,
      " grow expand swell " },
    { TTM_MOTION_GROW, 0, OTHER,
      " inflate enlarge magnify " },
    { TTM_MOTION_SHRINK, 0, KNOWN,
      " shrink contract " },
    { TTM_MOTION_SHRINK, 0, 0,
      " deflate dwindle diminish shrivel wither melt " },
    { TTM_MOTION_CIRCLE, 0, KNOWN,
      " circle " },
    { TTM_MOTION_CIRCLE, 0, 0,
      " orbit revolve loop swirl spiral " },
    { TTM_MOTION_SHAKE, 0, KNOWN | OTHER,
      " shake " },
    { TTM_MOTION_SHAKE, 0, KNOWN,
      " wobble tremble " },
    { TTM_MOTION_SHAKE, 0, 0,
      " vibrate quiver shiver shudder quake rattle jitter jiggle judder "
      "twitch convulse wiggle waggle waver teeter totter jolt " },
    { TTM_MOTION_ROLL, 0, KNOWN | OTHER,
      " roll " },
    { TTM_MOTION_ROLL, 0, KNOWN,
      " tumble " },
    { TTM_MOTION_SPIN, 0, KNOWN | OTHER,
      " spin rotate " },
    { TTM_MOTION_SPIN, 0, KNOWN,
      " twirl whirl " },
    { TTM_MOTION_SPIN, 0, KNOWN | OTHER,
      " turn " },
    { TTM_MOTION_SPIN, 0, OTHER,
      " twist pirouette gyrate swivel pivot twiddle crank " },
    { TTM_MOTION_SWING, 0, KNOWN | OTHER,
      " swing " },
    { TTM_MOTION_SWING, 0, KNOWN,
      " sway dangle " },
    { TTM_MOTION_SWING, 0, 0,
      " rock seesaw oscillate " },
    { TTM_MOTION_CLOSER, 0, KNOWN,
      " approach " },
    { TTM_MOTION_CLOSER, 0, 0,
      " near loom " },
    { TTM_MOTION_AWAY, 0, KNOWN,
      " recede back " },
    { TTM_MOTION_AWAY, 0, 0,
      " retreat withdraw reverse " },
    { TTM_MOTION_FOLLOW, 0, KNOWN,
      " follow chase pursue trail " },
    { TTM_MOTION_FOLLOW, 0, 0,
      " hunt tail shadow track " },
    { TTM_MOTION_SWAP, 0, KNOWN,
      " swap trade switch exchange change " },
    { TTM_MOTION_ENTER, 0, KNOWN,
      " enter appear " },
    { TTM_MOTION_LEAVE, 0, KNOWN,
      " leave exit disappear " },
    { TTM_MOTION_LEAVE, 0, 0,
      " vanish depart " },

    /* Nothing moves. */
    { TTM_MOTION_STILL, 0, KNOWN,
      " stay remain rest stand " },
    { TTM_MOTION_STILL, 0, FIXED,
      " cling stick " },
    { TTM_MOTION_STILL, 0, FIXED,
      " stop freeze pause halt wait park pose sleep hang lie sit nap doze "
      "slumber dwell linger belong exist hibernate idle stall brake perch "
      "snooze recline lounge relax meditate " },
    { TTM_MOTION_STILL, 0, FIXED | STATE,
      " wear hold contain include feature surround cover dress decorate "
      "fill depict resemble seem have own keep line frame "
      "locate situate mount seat cloak " },

    /* In place; FIXED: what is said of directions is no way to go. */
    { TTM_MOTION_PLACE, 0, FIXED,
      " look gaze stare glance peer peek watch observe see squint glare "
      "face smile grin laugh giggle frown cry weep sob scowl yawn sneeze "
      "cough sniff snore blush blink wink breathe inhale exhale sigh pant "
      "gasp talk speak say whisper shout yell scream chat argue sing hum "
      "whistle bark meow purr growl roar howl neigh bleat chirp tweet "
      "crow quack croak hiss buzz moo call cheer applaud clap nod bow "
      "lean bend stretch reach crouch squat kneel duck slouch hunch stoop "
      "curl slump flex tilt tip wave point gesture beckon salute shrug "
      "wag perk cock wrinkle bob eat drink chew bite nibble "
      "graze munch gulp sip swallow lick feed peck gnaw devour slurp "
      "taste swig browse chomp play strum pluck drum fiddle conduct "
      "perform practise practice rehearse juggle knit sew draw paint "
      "write read type sketch cook stir chop slice bake mix knead pour "
      "fry grill whip brew serve wash clean scrub wipe brush comb groom "
      "preen polish rinse scratch rub pet stroke cuddle hug embrace kiss "
      "tickle pat massage squeeze open close shut fold unfold bloom "
      "blossom wilt unfurl hammer dig saw drill plant rake shovel weld "
      "build sculpt repair fix assemble construct craft chisel "
      "sharpen forge wrestle box punch fight struggle spar tackle grapple "
      "strike hit beat slap poke tap knock press click thump clench grip "
      "grab grasp catch pick clutch snatch seize think wonder listen "
      "study examine inspect concentrate focus consider enjoy celebrate "
      "admire glow shine sparkle glitter glisten shimmer flicker flash "
      "blaze burn smoulder smolder flare twinkle gleam glimmer ignite "
      "light fade dim brighten smoke sizzle boil bubble simmer crackle "
      "erupt explode burst pop shatter crack crumble break splinter rip "
      "drip leak rain snow sprinkle spray gush ripple pulse "
      "pulsate throb heave billow surge churn foam lap swish rustle whirr "
      "tick transform morph dissolve evaporate thaw mutate exercise train "
      "lunge workout plank pump work operate use demonstrate present "
      "display offer give receive do put try attempt want need like love "
      "hate know prepare help teach learn meet greet join share stack "
      "wake rouse startle react respond hover poise balance hesitate "
      "fidget groove headbang moonwalk shimmy twerk jive boogie gyre "
      "curtsy curtsey milk shear shave trim mow sow harvest gather pack "
      "unpack load unload wrap unwrap tie untie button buckle film "
      "photograph record broadcast squash deform crease crumple quirk "
      "furrow sprawl huddle cower cringe flinch wince recoil bristle peel "
      "crush blend mash grate sift whittle interact engage converse "
      "communicate discuss negotiate mingle cradle nurse swaddle hatch "
      "lay nest burrow root forage scavenge sunbathe bask soak bathe "
      "shower drown thrash writhe cut " },
    { TTM_MOTION_PLACE, 0, 0,
      " splash undulate carve frolic romp gambol dance jostle flail scramble breakdance cascade crowd stamp flow flap flutter "
      "stream circulate " },
    { TTM_MOTION_PLACE, 0, FIXED,
      " make let show rear flip backflip hide pretend count ring knot handle " },
    { TTM_MOTION_PLACE, 0, FIXED,
      " spread extend snap split separate touch find search seek scan check visit "
      "die act behave awaken flop claw scrape fumble spill sting sweat tire "
      "chuckle snicker grimace smirk snort wail whimper wheeze puff vomit belch "
      "undress uncurl retract bulge jerk mop wring fasten attach "
      "saddle disperse scatter evade dispense transpose heal cure soothe comfort "
      "attack defend thrust parry haunt agitate spout sputter "
      "whine thunder bleed squelch thud clatter clang jingle jangle squeak creak "
      "yelp mutter mumble stammer shriek screech squeal "
      "nuzzle tinker doodle scribble duel "
      "improvise yodel serenade "
      "scroll swipe vote pray worship chant "
      "shop haggle bargain quarrel "
      "bicker squabble flirt smooch snuggle paw lash bang clink heckle jab swat nip stitch mend varnish "
      "gargle baste crochet uncork recite narrate announce prune thresh winnow mince saute "
      "garnish solder engrave emboss dismount diagnose inject vaccinate weigh calibrate cackle "
      "gobble cluck bray snarl whinny caw coo honk bellow scold heft whet beep blare hoot chime "
      "clack whisk slam babble suck roast froth lock glint cast plane accompany arrange bless burble busk cleanse compete cram "
      "create croon cultivate dabble douse drench embroider entangle erase excavate "
      "explain extinguish gesticulate glean grovel hypnotise insert kindle lather "
      "moisten obey overhear pamper peruse pollinate ponder preach primp prod pummel "
      "radiate rejoice scrounge scrutinise slather slosh smash smear sterilise "
      "stiffen stoke strangle strew summon swear tenderise thank throttle "
      "tousle unbox unbutton uncoil uncover unhook unlock unravel unscrew unveil unwind unzip "
      "urge ventilate welcome yank yap yearn brandish wield unsheathe unroll detonate disintegrate germinate ripen droop sag drool "
      "slobber guzzle quaff rummage scrabble straddle scour reap irrigate fertilize " },
    { TTM_MOTION_PLACE, 0, KNOWN | FIXED,
      " take " },
    { TTM_MOTION_PLACE, 0, KNOWN,
      " get become float " },
};

/* Forms that no rule gives: form, base. */
static const char *const irregular_forms[][2] = {
    { "went", "go" }, { "gone", "go" }, { "ran", "run" }, { "flew", "fly" },
    { "flown", "fly" }, { "swam", "swim" }, { "swum", "swim" },
    { "rose", "rise" }, { "risen", "rise" }, { "fell", "fall" },
    { "fallen", "fall" }, { "threw", "throw" }, { "thrown", "throw" },
    { "drove", "drive" }, { "driven", "drive" }, { "rode", "ride" },
    { "ridden", "ride" }, { "slid", "slide" }, { "spun", "spin" },
    { "swung", "swing" }, { "shook", "shake" }, { "shaken", "shake" },
    { "stood", "stand" }, { "sat", "sit" }, { "lay", "lie" },
    { "lying", "lie" }, { "lain", "lie" }, { "slept", "sleep" },
    { "hung", "hang" }, { "came", "come" },
    { "grew", "grow" }, { "grown", "grow" }, { "shrank", "shrink" },
    { "shrunk", "shrink" }, { "sank", "sink" }, { "sunk", "sink" },
    { "blew", "blow" }, { "blown", "blow" }, { "drew", "draw" },
    { "drawn", "draw" }, { "broke", "break" }, { "broken", "break" },
    { "froze", "freeze" }, { "frozen", "freeze" }, { "wore", "wear" },
    { "worn", "wear" }, { "held", "hold" }, { "kept", "keep" },
    { "made", "make" }, { "took", "take" }, { "taken", "take" },
    { "gave", "give" }, { "given", "give" }, { "got", "get" },
    { "gotten", "get" }, { "became", "become" }, { "brought", "bring" },
    { "caught", "catch" }, { "ate", "eat" }, { "eaten", "eat" },
    { "drank", "drink" }, { "sang", "sing" }, { "sung", "sing" },
    { "leapt", "leap" }, { "crept", "creep" }, { "swept", "sweep" },
    { "wept", "weep" }, { "bent", "bend" }, { "lit", "light" },
    { "led", "lead" }, { "fed", "feed" }, { "sped", "speed" },
    { "fled", "flee" }, { "shot", "shoot" }, { "hit", "hit" },
    { "wound", "wind" }, { "sprang", "spring" },
    { "sprung", "spring" }, { "swollen", "swell" }, { "woke", "wake" },
    { "bore", "bear" }, { "borne", "bear" }, { "saw", "see" },
    { "seen", "see" }, { "found", "find" }, { "told", "tell" },
    { "said", "say" }, { "did", "do" }, { "done", "do" }, { "knelt", "kneel" },
    { "tore", "tear" }, { "torn", "tear" }, { "dug", "dig" },
    { "built", "build" }, { "wrote", "write" }, { "written", "write" },
    { "bit", "bite" }, { "bitten", "bite" }, { "struck", "strike" },
    { "beaten", "beat" }, { "flung", "fling" }, { "slung", "sling" },
    { "trod", "tread" }, { "strode", "stride" }, { "dying", "die" },
    { "tying", "tie" }, { "fought", "fight" }, { "shone", "shine" },
    { "burnt", "burn" }, { "leant", "lean" }, { "stuck", "stick" },
};

#undef KNOWN
#undef OTHER
#undef BOTH
#undef FIXED
#undef STATE

#endif /* TTM_PROMPT_VERB_TABLES_H */
