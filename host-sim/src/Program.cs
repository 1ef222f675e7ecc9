Console.WriteLine("esync");
