using System.Collections.Frozen;

namespace Maru.Server.Platform.Credentials;

/// <summary>
/// The passwords that are guessed first: common words and this program's own names, alone or with one of the usual endings, and some rows
/// of keys. About 5,000 of 8 characters and more, made once from the lists below; case does not matter. Any thread.
/// </summary>
internal static class CommonPasswords
{
    private const string Words =
        """
        password passwort passw0rd qwerty qwertz azerty qwert asdfgh asdfghjkl zxcvbn zxcvbnm iloveyou loveyou lovely sunshine
        princess football baseball basketball softball volleyball superman batman spiderman ironman dragon monkey master shadow
        michael jordan jennifer jessica michelle anthony charlie daniel thomas robert william matthew andrew joshua ashley
        amanda nicole welcome letmein login access freedom whatever trustno starwars pokemon pikachu naruto minecraft fortnite
        computer internet samsung iphone google facebook youtube microsoft windows liverpool chelsea arsenal barcelona juventus
        realmadrid cheese chocolate butterfly flower purple orange yellow summer winter spring autumn london paris berlin korea
        seoul america canada mexico brazil mustang ferrari porsche corvette mercedes harley yankees cowboys lakers steelers
        eagles hockey soccer tennis golfer fishing hunter killer ninja pirate wizard magic knight phoenix tiger panther falcon
        scorpion thunder lightning maverick cookie peanut pepper ginger banana apple cherry angel heaven jesus christ blessed
        family friends forever lucky silver golden diamond crystal rainbow unicorn rockstar guitar music dancer hannah brandon
        buster bailey maggie snoopy tigger changeme default temp guest administrator admin root system maru maruchat
        """;

    private const string Endings =
        """
        1 2 3 7 9 01 07 10 11 12 13 21 22 23 69 77 88 99 00 007 111 123 321 777 1234 12345 123456 1234567 12345678 123456789
        ! !! 1! 12! 123! 1234! @1 @12 @123 @1234 #1 2015 2016 2017 2018 2019 2020 2021 2022 2023 2024 2025 2026
        """;

    private const string Others =
        """
        12345678 123456789 1234567890 0123456789 12341234 123123123 123454321 123321123 12344321 12121212 13131313 87654321 987654321
        9876543210 11223344 1122334455 112233445566 147258369 159357159 741852963 789456123 123654789 14789632 69696969 10203040
        102030405060 01012011
        00000000 000000000 0000000000 11111111 111111111 1111111111 22222222 33333333 44444444 55555555 66666666 77777777 88888888 888888888
        99999999 999999999 aaaaaaaa abcd1234 abc12345 abc123456 abcdefgh abcdefghi abcdefg1 a1b2c3d4 a1b2c3d4e5 a1234567 a12345678
        a123456789 aa123456 aa12345678 qwer1234 qwer12345 qwerasdf qwerqwer asdf1234 asdfasdf asdfghjk asdfjkl1 asd123456 qwe123456
        qweasdzxc qazwsxedc
        qazwsx12 1qaz2wsx 1qaz2wsx3edc zaq12wsx zaq1zaq1 zaq1xsw2 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4 q1w2e3r4t5 qwertyui qwertyuiop
        qwertyqwerty poiuytrewq lkjhgfdsa mnbvcxz1 1234qwer 12345qwert 123qweasd 123qwe123 123456qwerty 123abc123 123456abc 1password
        123password passwordpassword password! p@ssw0rd p@ssword p@$$w0rd pa55word pa$$word passw0rd! iloveyou! iloveu123 trustno1
        letmein! welcome!
        marumaru maru1234 startrek blink182 slipknot metallica nirvana1 whatever1 hellokitty babygirl lovelove loveme123 mylove123 sexygirl
        computer1 internet1 monkey123 dragon123 gjqmalgjqm dkssudgktpdy tkfkdgo1 qlalfqjsgh
        """;

    private static readonly FrozenSet<string> All = Make();

    public static int Count => All.Count;

    /// <param name="password">in the form that is hashed</param>
    public static bool Contains(string password) => All.Contains(password);

    private static FrozenSet<string> Make()
    {
        var (words, endings) = (Split(Words), Split(Endings));
        var all = words.Concat(words.SelectMany(word => endings.Select(ending => word + ending))).Concat(Split(Others));
        return all.Where(password => password.Length >= 8).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    private static string[] Split(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
