#!/usr/bin/perl
# usage: edit.pl DOCUMENT    Makes the changes that a walk-through asks for, in the present folder, and prints each with its section:
# "section<TAB>file". Blocks of the document:
#   ```diff    --- FILE, then lines of it: ' ' is there, '-' goes, '+' comes; @@ goes on to another place. Found once, or it is an error.
#   ```c       a file; its first line is a comment with the name
#   ```yaml    a file; the same, and no file of the project
#   ```po      translations, for strings that a catalogue has and lacks a translation of: --po does these, alone
#   ```sh generates FILE...   files that its commands write
use strict;
use warnings;

my $only_po = @ARGV && $ARGV[0] eq '--po' && shift;
my ($document) = @ARGV;
my $catalogue = 'reports/words/locale/ja.po';

sub slurp { my ($path) = @_; open my $in, '<', $path or die "$path: $!\n"; local $/; return scalar <$in> }
sub spill { my ($path, $text) = @_; open my $out, '>', $path or die "$path: $!\n"; print $out $text; close $out or die "$path: $!\n" }

sub change {
    my ($path, $hunk, $whole) = @_;
    my $old = join '', map { /^[ -](.*)/s ? $1 : () } @$hunk;
    my $new = join '', map { /^[ +](.*)/s ? $1 : () } @$hunk;
    my $times = () = $$whole =~ /^\Q$old\E/mg;
    die "$path: these lines are there $times times, not once:\n$old" if $times != 1;
    $$whole =~ s/^\Q$old\E/$new/m;
}

sub diff {
    my ($section, $path, $text, @hunk) = ($_[0], '', '');
    for my $line (split(/^/, $_[1]), "--- \n") {
        die "$path: '$line' is no line of a change\n" unless $line =~ /^(?:[ +-]|@@$|$)/;
        if ($line !~ /^(?:--- |@@)/) {
            push @hunk, $line eq "\n" ? " \n" : $line;
            next;
        }
        change($path, \@hunk, \$text) if @hunk;
        @hunk = ();
        next unless $line =~ /^--- (.*)/;
        spill($path, $text) if $path;
        ($path, $text) = ($1, $1 ? slurp($1) : '');
        print "$section\t$path\n" if $path;
    }
}

sub translate {
    my ($body) = @_;
    my $text = slurp($catalogue);
    while ($body =~ /^msgid (".*")\nmsgstr (".*")$/mg) {
        my ($from, $to) = ($1, $2);
        $text =~ s/^(msgid \Q$from\E\nmsgstr )""$/$1$to/m or die "$catalogue: no string to translate: $from\n";
    }
    spill($catalogue, $text);
}

my $section = '';
my $all = slurp($document);
while ($all =~ /^(?:## ([^\n]*)|```(\S+)[ ]?([^\n]*)\n(.*?)^```$)/msg) {
    if (defined $1) { $section = $1; next }
    my ($kind, $what, $body) = ($2, $3, $4);
    if ($only_po) { translate($body) if $kind eq 'po' }
    elsif ($kind eq 'diff') { diff($section, $body) }
    elsif ($kind eq 'po') { print "$section\t$catalogue\n" }
    elsif ($kind eq 'c') { $body =~ s{^/\* (\S+) \*/\n}{} or die "a file without its name: $body"; spill($1, $body); print "$section\t$1\n" }
    elsif ($kind eq 'yaml') { $body =~ /^# (\S+)\n/ or die "a file without its name: $body"; spill($1, $body) }
    elsif ($kind eq 'sh' && $what =~ /^generates (.*)/) { print "$section\t$_\n" for split ' ', $1 }
}
